// Any export as records: what it is encoded in, what separates its cells, what its columns are called; the rules of
// src/identity/source.rs, and Excel's files besides.

import { meaning } from "./header.js";
import { Blocks, completeRecords, countLines, eachRecord, isClosed, lineEnd } from "./records.js";
import { Unusable, isPlainWhite, isWhite, trimmed } from "./text.js";
import { openWorkbook } from "./workbook.js";

const SAMPLE_BYTES = 256 << 10;
const DELIMITERS = [",", ";", "\t", "|"];

/**
 * An export, opened: the columns' names, cells of the first rows, and `each`, which calls with batches of rows: their bytes in the file,
 * and the line and cells of each, or why they are none.
 */
export async function openSource(file) {
  const magic = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const starts = (...bytes) => bytes.every((byte, at) => magic[at] === byte);
  if (starts(0x50, 0x4b, 3, 4)) return openWorkbook(file);
  if (starts(0x50, 0x41, 0x52, 0x31)) throw new Unusable("parquet");
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) throw new Unusable("old-excel");
  if (starts(0x1f, 0x8b)) throw new Unusable("compressed");
  return openText(file, magic);
}

async function openText(file, magic) {
  const { read, mark } = reader(file, magic);
  const sample = await read(SAMPLE_BYTES);
  if (sample.every(isPlainWhite)) throw new Unusable("empty");
  if (sample.subarray(0, lineEnd(sample) ?? sample.length).includes(0)) throw new Unusable("not-text");
  const delimiter = sniffed(sample);
  let lead = 0;
  while (sample[lead] === 10 || sample[lead] === 13) lead += 1;
  const end = lead + headerEnd(sample.subarray(lead), delimiter.charCodeAt(0), sample.length < SAMPLE_BYTES);
  const header = sample.subarray(0, end);
  const names = (firstRecords(header, delimiter, 1)[0] ?? []).map((name) => trimmed(name, isWhite));
  const rest = sample.subarray(end);
  const line = 1 + countLines(header);
  let waiting = rest;
  // What was looked at comes first, then what wasn't.
  const again = async (count) => {
    const head = waiting.subarray(0, count);
    waiting = waiting.subarray(head.length);
    if (head.length === count) return head;
    const tail = await read(count - head.length);
    const both = new Uint8Array(head.length + tail.length);
    both.set(head);
    both.set(tail, head.length);
    return both;
  };
  const each = async (take) => {
    const blocks = new Blocks(again, delimiter, line);
    for (let block = await blocks.next(); block; block = await blocks.next()) {
      const rows = [];
      if (!block.broken) eachRecord(block.bytes, delimiter, block.line, (at, cells) => rows.push({ line: at, cells }));
      await take({ rows, bytes: block.length, line: block.line, broken: block.broken });
    }
  };
  return { names, delimiter, first: firstRecords(rest, delimiter, 100), total: file.size, start: mark + end, each };
}

/** The bytes of a file as UTF-8 without its mark, so many at a time; and how long that mark is. */
function reader(file, magic) {
  const encoding = { "255,254": "utf-16le", "254,255": "utf-16be" }[magic.subarray(0, 2).join()];
  let at = magic[0] === 0xef && magic[1] === 0xbb && magic[2] === 0xbf ? 3 : encoding ? 2 : 0;
  const mark = at;
  const raw = async (count) => {
    const bytes = new Uint8Array(await file.slice(at, at + count).arrayBuffer());
    at += bytes.length;
    return bytes;
  };
  if (!encoding) return { read: raw, mark };
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const encoder = new TextEncoder();
  let ready = new Uint8Array(0);
  let ended = false;
  const read = async (count) => {
    const parts = [ready];
    let length = ready.length;
    while (length < count && !ended) {
      const bytes = await raw(SAMPLE_BYTES);
      ended = bytes.length === 0;
      parts.push(encoder.encode(decoder.decode(bytes, { stream: !ended })));
      length += parts.at(-1).length;
    }
    const all = new Uint8Array(length);
    parts.reduce((place, part) => (all.set(part, place), place + part.length), 0);
    ready = all.slice(count);
    return all.subarray(0, count);
  };
  return { read, mark };
}

/** Cells of the first records of a text. */
function firstRecords(bytes, delimiter, count) {
  const records = [];
  eachRecord(bytes, delimiter, 1, (_, cells) => {
    if (records.length < count) records.push(cells);
  });
  return records;
}

/** The position after the first record; a header is short, so one that isn't closed in the sample is cut at its line. */
function headerEnd(sample, delimiter, whole) {
  let at = 0;
  for (let end = lineEnd(sample); end !== null; end = lineEnd(sample.subarray(at))) {
    at += end;
    if (completeRecords(sample.subarray(0, at), delimiter) === at) return at;
  }
  return whole && isClosed(sample, delimiter) ? sample.length : lineEnd(sample) ?? sample.length;
}

/**
 * The delimiter that makes most sense of the first rows: one that yields an identifier column, then one with which rows are as long as
 * the header, then the one with most columns.
 */
function sniffed(sample) {
  const head = sample.subarray(0, 64 << 10);
  const scores = DELIMITERS.map((delimiter) => {
    const records = firstRecords(head, delimiter, 50);
    const names = records[0] ?? [];
    const known = names.length > 1 && names.some((name) => meaning(name) !== null);
    const alike = records.filter((record) => names.length > 1 && record.length === names.length).length;
    return { delimiter, score: [Number(known), alike, names.length] };
  });
  const better = (a, b) => a.score.map((part, at) => part - b.score[at]).find((difference) => difference !== 0) ?? 0;
  const best = scores.reduce((found, other) => (better(other, found) > 0 ? other : found));
  return best.score[2] > 1 ? best.delimiter : ",";
}
