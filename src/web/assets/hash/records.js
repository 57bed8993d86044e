// CSV cut into blocks that end where a record ends, and read record by record: the rules of src/identity/records.

const RECORD_BYTES_MAX = 4 << 20;
const BLOCK_BYTES = 1 << 20;
const [LF, CR, QUOTE] = [10, 13, 34];

/** Whole records of a stream, whose `read` gives so many bytes, fewer at its end alone. */
export class Blocks {
  constructor(read, delimiter, line) {
    Object.assign(this, { read, delimiter: delimiter.charCodeAt(0), line });
    this.buffer = new Uint8Array(0);
    this.ended = false;
    this.skipping = false;
  }

  /** The next block: its bytes, its first line, and why it is no record where it is none; null at the end. */
  async next() {
    let wanted = BLOCK_BYTES;
    for (;;) {
      await this.fill(wanted);
      if (this.skipping && !this.skipLine()) {
        if (this.ended) return null;
        continue;
      }
      if (this.buffer.length === 0 && this.ended) return null;
      const complete = this.complete();
      if (complete > 0) return this.take(complete, null);
      if (this.buffer.length >= RECORD_BYTES_MAX || this.ended) return this.takeBrokenLine();
      wanted = Math.min(Math.max(this.buffer.length * 2, BLOCK_BYTES), RECORD_BYTES_MAX);
    }
  }

  async fill(wanted) {
    const missing = wanted - this.buffer.length;
    if (missing <= 0 || this.ended) return;
    const bytes = await this.read(missing);
    this.ended = bytes.length < missing;
    const joined = new Uint8Array(this.buffer.length + bytes.length);
    joined.set(this.buffer);
    joined.set(bytes, this.buffer.length);
    this.buffer = joined;
  }

  complete() {
    const { buffer, delimiter } = this;
    const complete = completeRecords(buffer, delimiter);
    if (this.ended) {
      const rest = buffer.subarray(complete);
      return rest.length > 0 && isClosed(rest, delimiter) ? buffer.length : complete;
    }
    // A CR at the very end may be half of a CR LF; its other half belongs to the same line.
    const halved = complete === buffer.length && buffer[complete - 1] === CR;
    return halved ? completeRecords(buffer.subarray(0, complete - 1), delimiter) : complete;
  }

  take(length, broken) {
    const block = { bytes: this.buffer.subarray(0, length), line: this.line, length, broken };
    this.buffer = this.buffer.slice(length);
    this.line += countLines(block.bytes);
    return block;
  }

  takeBrokenLine() {
    const end = lineEnd(this.buffer);
    if (end !== null) return this.take(end, "unclosed-quote");
    if (this.ended) return this.take(this.buffer.length, "unclosed-quote");
    this.skipping = true;
    return this.take(this.buffer.length, "cell-too-long");
  }

  /** Drops the rest of a broken line; false if its end is not in the buffer yet. */
  skipLine() {
    const end = lineEnd(this.buffer);
    this.take(end ?? this.buffer.length, null);
    if (end !== null) this.skipping = false;
    return end !== null;
  }
}

/** How many bytes of a buffer that starts with a record are whole records. */
export function completeRecords(buffer, delimiter) {
  let complete = 0;
  let at = 0;
  for (;;) {
    const opening = openingQuote(buffer, at, delimiter);
    const unquoted = buffer.subarray(at, opening ?? buffer.length);
    const end = Math.max(unquoted.lastIndexOf(LF), unquoted.lastIndexOf(CR));
    if (end >= 0) complete = at + end + 1;
    const after = opening === null ? null : afterClosingQuote(buffer, opening + 1);
    if (after === null) return complete;
    at = after;
  }
}

/** Whether a text that starts with a record ends outside quotes. */
export function isClosed(buffer, delimiter) {
  let at = 0;
  for (;;) {
    const opening = openingQuote(buffer, at, delimiter);
    if (opening === null) return true;
    const after = afterClosingQuote(buffer, opening + 1);
    if (after === null) return false;
    at = after;
  }
}

/** The next quote that opens a cell. */
function openingQuote(buffer, from, delimiter) {
  for (let at = from; ;) {
    const quote = buffer.indexOf(QUOTE, at);
    if (quote < 0) return null;
    const before = quote === 0 ? LF : buffer[quote - 1];
    if (before === delimiter || before === LF || before === CR) return quote;
    at = quote + 1;
  }
}

function afterClosingQuote(buffer, from) {
  for (let at = from; ;) {
    const quote = buffer.indexOf(QUOTE, at);
    if (quote < 0) return null;
    if (buffer[quote + 1] !== QUOTE) return quote + 1;
    at = quote + 2;
  }
}

/** How many lines end in a text: at LF, CR LF or CR. */
export function countLines(bytes) {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines += 1;
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) if (bytes[at + 1] !== LF) lines += 1;
  return lines;
}

/** The position after the first line end; null if there is none. */
export function lineEnd(bytes) {
  const ends = [bytes.indexOf(LF), bytes.indexOf(CR)].filter((at) => at >= 0);
  if (ends.length === 0) return null;
  const at = Math.min(...ends);
  return at + (bytes[at] === CR && bytes[at + 1] === LF ? 2 : 1);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const windows1252 = new TextDecoder("windows-1252");

function decoded(bytes) {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** The byte of each sign of Windows-1252 that isn't its own number. */
const byteOf = new Map();
for (let byte = 0x80; byte < 0xa0; byte += 1) byteOf.set(windows1252.decode(Uint8Array.of(byte)), byte);

/** A cell that was read as Windows-1252, as UTF-8 where it is that. */
function cellOf(cell) {
  if (/^[\0-\x7f]*$/.test(cell)) return cell;
  return decoded(Uint8Array.from(cell, (sign) => byteOf.get(sign) ?? sign.charCodeAt(0))) ?? cell;
}

/** Calls `each` with the line and the cells of every record of a block: each cell UTF-8, or Windows-1252 where it isn't. */
export function eachRecord(bytes, delimiter, line, each) {
  const whole = decoded(bytes);
  const text = whole ?? windows1252.decode(bytes);
  const take = whole === null ? (at, cells) => each(at, cells.map(cellOf)) : each;
  if (text.includes('"')) quoted(text, delimiter, line, take);
  else unquoted(text, delimiter, line, take);
}

/** Most exports have no quote at all, and then a line is a record. */
function unquoted(text, delimiter, first, each) {
  const next = (sign, at) => {
    const found = text.indexOf(sign, at);
    return found < 0 ? text.length : found;
  };
  let [lf, cr, line] = [-1, -1, first];
  for (let at = 0; at < text.length; line += 1) {
    if (lf < at) lf = next("\n", at);
    if (cr < at) cr = next("\r", at);
    const end = Math.min(lf, cr);
    if (end > at) each(line, text.slice(at, end).split(delimiter));
    at = end + (cr === end && lf === end + 1 ? 2 : 1);
  }
}

function quoted(text, delimiter, first, each) {
  let line = first;
  const isEnd = (sign) => sign === "\n" || sign === "\r";
  for (let at = 0; at < text.length;) {
    let from = at;
    while (isEnd(text[at])) at += 1;
    line += linesIn(text.slice(from, at));
    if (at >= text.length) return;
    from = at;
    const cells = [];
    for (let more = true; more;) {
      let cell = "";
      if (text[at] === '"') {
        at += 1;
        for (;;) {
          const quote = text.indexOf('"', at);
          if (quote < 0) {
            cell += text.slice(at);
            at = text.length;
            break;
          }
          cell += text.slice(at, quote);
          at = quote + 1;
          if (text[at] !== '"') break;
          cell += '"';
          at += 1;
        }
      }
      // What follows a closing quote belongs to the cell, and a quote there is a sign like any other.
      const rest = at;
      while (at < text.length && text[at] !== delimiter && !isEnd(text[at])) at += 1;
      cells.push(cell + text.slice(rest, at));
      more = at < text.length && text[at] === delimiter;
      if (more) at += 1;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at += 2;
    else if (at < text.length) at += 1;
    each(line, cells);
    line += linesIn(text.slice(from, at));
  }
}

function linesIn(text) {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
