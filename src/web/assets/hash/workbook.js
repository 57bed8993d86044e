// Excel's workbooks (.xlsx, ECMA-376) as rows of texts: the first sheet that isn't hidden, its first row the columns' names.

import { openArchive } from "./archive.js";
import { Markup, attributesOf } from "./markup.js";
import { Unusable, isWhite, trimmed } from "./text.js";

const ROWS_A_BATCH = 4096;
const STRINGS_LENGTH_MAX = 1 << 30;

/** A workbook, opened: as a text file is, see source.js. */
export async function openWorkbook(file) {
  const archive = await openArchive(file);
  const book = await bookOf(archive);
  const sheet = archive.get(book.sheet);
  if (!sheet) throw new Unusable("damaged");
  const [strings, isDate] = [await stringsOf(archive, book.strings), await dateStylesOf(archive, book.styles)];
  const read = (take) => readSheet(sheet, { strings, isDate, from1904: book.from1904 }, take);
  const first = [];
  await read(({ rows }) => {
    first.push(...rows.slice(0, 101));
    return first.length < 101;
  });
  if (first.length === 0) throw new Unusable("empty");
  const [header, ...others] = first;
  const names = header.cells.map((name) => trimmed(name, isWhite));
  while (names.at(-1) === "") names.pop();
  const each = (take) => read(({ rows, bytes }) => take({ rows: rows.filter((row) => row.line !== header.line), bytes, broken: null }));
  return { names, delimiter: null, first: others.map((row) => row.cells), total: sheet.size, start: 0, each };
}

/** Where the parts of the workbook lie, by its relations. */
async function bookOf(archive) {
  const root = await relations(archive, "");
  const path = root.find((relation) => relation.type === "officeDocument")?.path ?? "xl/workbook.xml";
  const parts = await relations(archive, path);
  let [sheet, from1904] = [null, false];
  await told(archive.get(path), {
    open(name, tag) {
      if (name === "workbookPr") from1904 = ["1", "true"].includes(attributesOf(tag).date1904);
      if (name !== "sheet" || sheet) return;
      const { id, state } = attributesOf(tag);
      if (!state || state === "visible") sheet = parts.find((part) => part.id === id && part.type === "worksheet")?.path;
    },
  });
  const of = (type) => parts.find((part) => part.type === type)?.path;
  return { sheet, from1904, strings: of("sharedStrings"), styles: of("styles") };
}

async function relations(archive, path) {
  const at = path.lastIndexOf("/") + 1;
  const folder = path.slice(0, at);
  const found = [];
  await told(archive.get(`${folder}_rels/${path.slice(at)}.rels`), {
    open(name, tag) {
      if (name !== "Relationship") return;
      const { Id, Type = "", Target = "" } = attributesOf(tag);
      const target = Target.startsWith("/") ? Target.slice(1) : resolved(folder + Target);
      found.push({ id: Id, type: Type.slice(Type.lastIndexOf("/") + 1), path: target });
    },
  });
  return found;
}

function resolved(path) {
  const parts = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Reads an entry through; nothing if it isn't there. */
async function told(entry, { open = () => {}, close = () => {}, text = () => {} }) {
  const markup = new Markup({ open, close, text });
  await entry?.text((piece) => markup.push(piece));
}

/** `_x000D_` and the like stand for signs that XML has no place for. */
function unescaped(text) {
  return text.includes("_x") ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) => String.fromCharCode(parseInt(code, 16))) : text;
}

/** The strings that cells share; how they are read aloud (`rPh`) is no part of them. */
async function stringsOf(archive, path) {
  const strings = [];
  let [parts, within, aloud, length] = ["", false, false, 0];
  await told(archive.get(path), {
    open(name) {
      if (name === "si") parts = "";
      else if (name === "rPh") aloud = true;
      else if (name === "t") within = !aloud;
    },
    text(text) {
      if (within) parts += text;
    },
    close(name) {
      if (name === "t") within = false;
      else if (name === "rPh") aloud = false;
      else if (name === "si") {
        length += parts.length;
        if (length > STRINGS_LENGTH_MAX) throw new Unusable("too-large");
        strings.push(unescaped(parts));
      }
    },
  });
  return strings;
}

/** Whether each style of cells shows its number as a date. */
async function dateStylesOf(archive, path) {
  const [formats, styles] = [new Map(), []];
  let within = false;
  await told(archive.get(path), {
    open(name, tag) {
      if (name === "cellXfs") within = true;
      else if (name === "numFmt") {
        const { numFmtId, formatCode = "" } = attributesOf(tag);
        formats.set(numFmtId, /[ymdhs]/i.test(formatCode.replace(/"[^"]*"|\\.|\[[^\]]*\]|_./g, "")));
      } else if (name === "xf" && within) styles.push(attributesOf(tag).numFmtId ?? "0");
    },
    close(name) {
      if (name === "cellXfs") within = false;
    },
  });
  const own = (id) => (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
  return styles.map((id) => formats.get(id) ?? own(Number(id)));
}

/** Calls with batches of the sheet's rows, until that says `false`. */
async function readSheet(sheet, book, take) {
  let [rows, row, cell, within] = [[], null, null, false];
  let last = 0;
  const markup = new Markup({
    open(name, tag) {
      if (name === "row") row = { line: Number(attributesOf(tag).r ?? last + 1), cells: [] };
      else if (name === "c" && row) {
        const { r = "", t = "n", s } = attributesOf(tag);
        cell = { column: columnOf(r) ?? row.cells.length, type: t, date: book.isDate[Number(s)] ?? false, text: "" };
      } else if (name === "v" || name === "t") within = cell !== null;
    },
    text(text) {
      if (within) cell.text += text;
    },
    close(name) {
      if (name === "v" || name === "t") within = false;
      else if (name === "c" && cell) {
        while (row.cells.length < cell.column) row.cells.push("");
        row.cells[cell.column] = valueOf(cell, book);
        cell = null;
      } else if (name === "row" && row) {
        last = row.line;
        if (row.cells.some((text) => text !== "")) rows.push(row);
        row = null;
      }
    },
  });
  let [bytes, more] = [0, true];
  const hand = async () => {
    const batch = { rows, bytes };
    [rows, bytes] = [[], 0];
    more = (await take(batch)) !== false;
    return more;
  };
  await sheet.text((piece, length) => {
    markup.push(piece);
    bytes += length;
    return rows.length < ROWS_A_BATCH || hand();
  });
  if (more) await hand();
}

/** The place of a cell's column, from 0: `C7` is 2. */
function columnOf(place) {
  const letters = /^[A-Z]{1,3}/.exec(place)?.[0];
  return letters ? Array.from(letters).reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0) - 1 : null;
}

/** What a cell says, as Excel writes it into a CSV; days as YYYY-MM-DD. */
function valueOf({ type, date, text }, { strings, from1904 }) {
  if (text === "") return "";
  switch (type) {
    case "s":
      return strings[Number(text)] ?? "";
    case "b":
      return text === "1" ? "TRUE" : "FALSE";
    case "n": {
      const number = Number(text);
      if (!Number.isFinite(number)) return text;
      return date ? dayOf(number, from1904) : String(Number(number.toPrecision(15)));
    }
    case "d":
      return text.slice(0, 10);
    default:
      return unescaped(text);
  }
}

/** A day by its number: from 1900 on with a 29 February that never was, or from 1904 on. */
function dayOf(number, from1904) {
  const days = Math.floor(number) + (from1904 ? 1462 : 0) + (!from1904 && number < 60 ? 1 : 0);
  const day = new Date(Date.UTC(1899, 11, 30 + days));
  return Number.isNaN(day.getTime()) ? String(number) : day.toISOString().slice(0, 10);
}
