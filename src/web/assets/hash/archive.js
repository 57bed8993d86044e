// A zip archive's entries, read where they lie: Excel's files are such. What inflates them is the browser's own.

import { Unusable } from "./text.js";

const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const [END, FAR_END, ENTRY] = [0x06054b50, 0x06064b50, 0x02014b50];
const FAR = 0xffffffff;

/** The entries of an archive by name, each with `text()`, which calls with pieces of its text until that says `false`. */
export async function openArchive(file) {
  const view = async (from, to) => new DataView(await file.slice(from, to).arrayBuffer());
  const tailFrom = Math.max(0, file.size - END_BYTES - COMMENT_BYTES_MAX);
  const tail = await view(tailFrom, file.size);
  let at = tail.byteLength - END_BYTES;
  while (at >= 0 && tail.getUint32(at, true) !== END) at -= 1;
  if (at < 0) throw new Unusable("damaged");
  let [size, from] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  if (size === FAR || from === FAR || tail.getUint16(at + 10, true) === 0xffff) {
    // A large archive (Zip64) says it before, where the locator points.
    const far = await view(Number(tail.getBigUint64(at - 20 + 8, true)), tailFrom + at);
    if (far.getUint32(0, true) !== FAR_END) throw new Unusable("damaged");
    [size, from] = [Number(far.getBigUint64(40, true)), Number(far.getBigUint64(48, true))];
  }
  return directory(file, await view(from, from + size));
}

function directory(file, view) {
  const entries = new Map();
  const names = new TextDecoder();
  for (let at = 0; at + 46 <= view.byteLength && view.getUint32(at, true) === ENTRY;) {
    const lengths = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const name = names.decode(new Uint8Array(view.buffer, at + 46, lengths[0]));
    const sizes = { whole: view.getUint32(at + 24, true), packed: view.getUint32(at + 20, true), from: view.getUint32(at + 42, true) };
    farSizes(new DataView(view.buffer, at + 46 + lengths[0], lengths[1]), sizes);
    const locked = (view.getUint16(at + 8, true) & 1) === 1;
    const method = view.getUint16(at + 10, true);
    entries.set(name, { size: sizes.whole, text: (take) => textOf(file, { ...sizes, locked, method }, take) });
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  return entries;
}

/** Sizes that don't fit stand in a field of their own, in this order, each only where it is needed. */
function farSizes(extra, sizes) {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    let place = at + 4;
    for (const name of ["whole", "packed", "from"]) {
      if (sizes[name] !== FAR) continue;
      sizes[name] = Number(extra.getBigUint64(place, true));
      place += 8;
    }
    return;
  }
}

async function textOf(file, { packed, from, locked, method }, take) {
  if (locked) throw new Unusable("locked");
  if (method !== 0 && method !== 8) throw new Unusable("damaged");
  const head = new DataView(await file.slice(from, from + 30).arrayBuffer());
  const start = from + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const bytes = file.slice(start, start + packed).stream();
  const reader = (method === 8 ? bytes.pipeThrough(new DecompressionStream("deflate-raw")) : bytes).getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if ((await take(decoder.decode(value, { stream: true }), value.length)) === false) {
      await reader.cancel();
      return;
    }
  }
}
