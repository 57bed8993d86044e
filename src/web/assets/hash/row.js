// Rows of an export become rows of hashes: the rules of src/identity/row.rs.

import { normaliseEmail } from "./email.js";
import { normalisePhone } from "./phone.js";
import { bytesOf, isPlainWhite, isWhite, masked, trimmed } from "./text.js";

const CELL_BYTES_MAX = 1_000_000;
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const encoder = new TextEncoder();

/** What has become of rows so far. */
export function nothingYet() {
  return { rows: 0, taken: 0, rejected: {}, leftOut: {}, unknown: {} };
}

function count(counts, reason) {
  counts[reason] = (counts[reason] ?? 0) + 1;
}

/** What `batch` of rows comes to: its text of the output, and what is to be reported. Counts into `summary`. */
export async function hashRows(plan, batch, summary) {
  const reports = [];
  if (batch.broken) {
    summary.rows += 1;
    count(summary.rejected, batch.broken);
    return { text: "", reports: [{ line: batch.line, column: null, reason: batch.broken }] };
  }
  const taken = [];
  for (const row of batch.rows) {
    const found = identifiers(plan, row, summary, reports);
    if (found) taken.push(found);
  }
  const inputs = taken.flatMap((row) => [...row.email, ...row.phone]);
  const digests = await Promise.all(inputs.map((input) => crypto.subtle.digest("SHA-256", encoder.encode(input))));
  const written = plan.profile === "uid2" ? base64 : hexadecimal;
  let next = 0;
  const hashes = (list) => list.map(() => written(new Uint8Array(digests[next++])));
  const lines = taken.map((row) => linesOf(plan, hashes(row.email), hashes(row.phone), row.cells));
  return { text: lines.join(""), reports };
}

/** The normalised identifiers of a row, each once; null if it has none, which is then reported. */
function identifiers(plan, { line, cells }, summary, reports) {
  summary.rows += 1;
  const refuse = (reason, column = null) => {
    count(summary.rejected, reason);
    reports.push({ line, column, reason });
    return null;
  };
  const { width } = plan;
  if (cells.length > width && cells.slice(width).some((cell) => trimmed(cell, isPlainWhite) !== "")) return refuse("too-many-cells");
  if (cells.reduce((length, cell) => length + cell.length * 3, 0) > CELL_BYTES_MAX) {
    const long = cells.findIndex((cell) => bytesOf(cell) > CELL_BYTES_MAX);
    if (long >= 0) return refuse("cell-too-long", long);
  }
  const wrong = [];
  const of = (columns, normalise, reason) => {
    const found = [];
    for (const column of columns) {
      const cell = cells[column] ?? "";
      if (trimmed(cell, isPlainWhite) === "") continue;
      const normalised = normalise(cell);
      if (normalised !== null) {
        if (!found.includes(normalised)) found.push(normalised);
      } else if (trimmed(cell, isWhite) !== "") {
        wrong.push({ line, column, reason: isHash(cell) ? "already-hashed" : reason });
      }
    }
    return found;
  };
  const email = of(plan.emails, (cell) => normaliseEmail(cell, plan.profile), "not-an-email");
  const phone = of(plan.phones, (cell) => normalisePhone(cell, plan.profile, plan.country), "not-a-phone");
  reports.push(...wrong);
  if (email.length === 0 && phone.length === 0) {
    if (wrong.length === 0) return refuse("no-identifier");
    count(summary.rejected, wrong[0].reason);
    return null;
  }
  for (const { reason } of wrong) count(summary.leftOut, reason);
  summary.taken += 1;
  return { email, phone, cells: values(plan, cells, summary) };
}

/** What a cell of hashes holds: 64 hexadecimal digits, or 32 bytes in Base64. */
function isHash(cell) {
  const text = trimmed(cell, isPlainWhite);
  return /^[0-9a-fA-F]{64}$/.test(text) || /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text);
}

/** The cells that go along, with what the vocabulary doesn't know counted. */
function values(plan, cells, summary) {
  return plan.columns.map(({ name, index, known }) => {
    const value = trimmed(cells[index] ?? "", isWhite);
    if (known && value !== "" && !known.has(value.toLowerCase())) {
      const unknown = (summary.unknown[name] ??= { rows: 0, values: [] });
      unknown.rows += 1;
      if (unknown.values.length < 5 && !unknown.values.includes(value)) unknown.values.push(value);
    }
    return value;
  });
}

/** One line for each further e-mail address or phone number, with the other columns repeated. */
function linesOf(plan, emails, phones, cells) {
  const tail = cells.map((cell) => `,${quotedCell(cell)}`).join("");
  let lines = "";
  for (let row = 0; row < Math.max(emails.length, phones.length); row += 1) {
    const both = plan.emails.length > 0 && plan.phones.length > 0 ? "," : "";
    lines += `${emails[row] ?? ""}${both}${phones[row] ?? ""}${tail}\n`;
  }
  return lines;
}

/** A cell, quoted where it has to be. */
export function quotedCell(cell) {
  return /[,"\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function hexadecimal(bytes) {
  let text = "";
  for (const byte of bytes) text += DIGITS[byte];
  return text;
}

function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

/** The header of the output. */
export function headerOf(plan) {
  const kinds = [["email", plan.emails], ["phone", plan.phones]].filter(([, columns]) => columns.length > 0);
  const hashes = kinds.map(([kind]) => `hashed_${kind}_${plan.profile}`);
  return [...hashes, ...plan.columns.map((column) => column.name)].join(",");
}

/** A line of the report: where and why, never the value. */
export function reportLine({ line, column, reason }, names, words) {
  const name = column === null ? "" : masked(names[column] ?? "");
  return `${line},${quotedCell(name)},${words[reason] ?? reason}\n`;
}
