// XML as Excel writes it, read piece by piece in bounded memory. Documents' own entities are not known, so none can grow.

import { Unusable } from "./text.js";

const TAG_LENGTH_MAX = 1 << 20;
const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Text with what stands for signs replaced. */
function plain(text) {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]+));/g, (whole, hex, decimal, name) => {
    if (name) return ENTITIES[name] ?? whole;
    const code = hex ? parseInt(hex, 16) : parseInt(decimal, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "";
  });
}

/** The attributes of a tag, without their prefixes. */
export function attributesOf(tag) {
  const found = {};
  for (const [, name, double, single] of tag.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    found[name.slice(name.indexOf(":") + 1)] = plain(double ?? single);
  }
  return found;
}

/** Tells `open(name, tag)`, `close(name)` and `text(text)` what comes; names without their prefixes. */
export class Markup {
  constructor(told) {
    this.told = told;
    this.rest = "";
  }

  push(piece) {
    const text = this.rest + piece;
    let at = 0;
    for (;;) {
      const start = text.indexOf("<", at);
      if (start < 0) break;
      if (start > at) this.told.text(plain(text.slice(at, start)));
      at = start;
      const end = this.endOf(text, start);
      if (end < 0) break;
      this.tag(text.slice(start, end));
      at = end;
    }
    this.rest = text.slice(at);
    if (!this.rest.startsWith("<") && !this.rest.includes("&")) {
      this.told.text(this.rest);
      this.rest = "";
    }
    if (this.rest.length > TAG_LENGTH_MAX) throw new Unusable("damaged");
  }

  /** Where what begins with `<` ends; -1 if that has not come yet. */
  endOf(text, start) {
    const after = (sign) => {
      const found = text.indexOf(sign, start);
      return found < 0 ? -1 : found + sign.length;
    };
    if (text.startsWith("<!--", start)) return after("-->");
    if (text.startsWith("<![CDATA[", start)) return after("]]>");
    let end = start;
    let quote = null;
    for (; end < text.length; end += 1) {
      const sign = text[end];
      if (quote) {
        if (sign === quote) quote = null;
      } else if (sign === '"' || sign === "'") quote = sign;
      else if (sign === ">") return end + 1;
    }
    return -1;
  }

  tag(tag) {
    if (tag.startsWith("<![CDATA[")) this.told.text(tag.slice(9, -3));
    else if (tag.startsWith("</")) this.told.close(nameOf(tag, 2));
    else if (tag[1] !== "!" && tag[1] !== "?") {
      const name = nameOf(tag, 1);
      this.told.open(name, tag);
      if (tag.endsWith("/>")) this.told.close(name);
    }
  }
}

function nameOf(tag, from) {
  let to = from;
  let start = from;
  for (; to < tag.length; to += 1) {
    const sign = tag[to];
    if (sign === ":") start = to + 1;
    else if (sign === ">" || sign === "/" || sign === " " || sign === "\t" || sign === "\n" || sign === "\r") break;
  }
  return tag.slice(start, to);
}
