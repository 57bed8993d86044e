// Texts as the command line takes them (src/identity): what white space is, and how long a text is in bytes.

/** White space as Unicode knows it. */
export function isWhite(code) {
  return code === 32 || (code >= 9 && code <= 13) || code === 0x85 || code === 0xa0 || code === 0x1680
    || (code >= 0x2000 && code <= 0x200a) || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000;
}

/** White space, and the mark that spreadsheets leave in the first cell. */
export function isWhiteOrMark(code) {
  return code === 0xfeff || isWhite(code);
}

/** White space of ASCII. */
export function isPlainWhite(code) {
  return code === 32 || code === 9 || code === 10 || code === 12 || code === 13;
}

/** A text without what `is` says of its ends. */
export function trimmed(text, is) {
  let from = 0;
  let to = text.length;
  while (from < to && is(text.charCodeAt(from))) from += 1;
  while (to > from && is(text.charCodeAt(to - 1))) to -= 1;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

/** Whether a text is all ASCII. */
export function isAscii(text) {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/** The length of a text in UTF-8. */
export function bytesOf(text) {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7ff && (code < 0xd800 || code > 0xdfff)) bytes += 2;
    else if (code > 0x7f) bytes += 1;
  }
  return bytes;
}

/** A column's name for people to read; one that may be a person's data is masked. */
export function masked(name) {
  const digits = name.replace(/[^0-9]/g, "").length;
  return name.includes("@") || digits >= 7 ? "…" : Array.from(name.replace(/\p{Cc}/gu, "")).slice(0, 60).join("");
}

/** A file that can't be hashed: why, in a word that the page has a sentence for. */
export class Unusable extends Error {}
