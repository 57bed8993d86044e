// Hashes a list away from the page. The browser is told to let this file load nothing and speak to nobody: what reads a list can't send
// it; it hands hashes to the page.

import { detected, looksLikeARow, meaning } from "./header.js";
import { eachRecord } from "./records.js";
import { hashRows, headerOf, nothingYet, reportLine } from "./row.js";
import { openSource } from "./source.js";
import { Unusable, isPlainWhite, masked, trimmed } from "./text.js";

const PART_LENGTH = 4 << 20;
const SHOWN_MAX = 20;
const PREVIEW_ROWS = 5;

self.addEventListener("message", async ({ data }) => {
  try {
    if (data.do === "open") postMessage({ opened: await looked(data.file) });
    else postMessage({ hashed: await hashed(data) });
  } catch (error) {
    // The browser's own words may repeat what stood in the file.
    postMessage({ failed: error instanceof Unusable ? error.message : "damaged" });
  }
});

/** What the columns are called, and what they seem to hold. */
async function looked(file) {
  const source = await openSource(file);
  const { names } = source;
  if (names.some((name) => meaning(name)?.hashed) && !names.some((name) => meaning(name)?.hashed === false)) throw new Unusable("already-hashed");
  if (looksLikeARow(names)) throw new Unusable("no-header");
  if (source.first.length === 0) throw new Unusable("no-rows");
  const [email, phone] = [detected(names, "email"), detected(names, "phone")];
  return { names, shown: names.map(masked), email: email.columns, phone: phone.columns, rivals: [email.rival, phone.rival].filter((at) => at !== null) };
}

/** Refuses columns that hold nothing but hashes already. */
function checkRaw(source, columns) {
  const isHash = (cell) => /^(?:[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=)$/.test(cell);
  for (const column of columns) {
    const cells = source.first.map((row) => trimmed(row[column] ?? "", isPlainWhite)).filter((cell) => cell !== "");
    if (cells.length > 0 && cells.every(isHash)) throw new Unusable("already-hashed");
  }
}

/** The whole file's hashes, and the report of what was not taken. */
async function hashed({ file, plan, words }) {
  const source = await openSource(file);
  const { names } = source;
  if (plan.phones.length > 0 && !libphonenumber.isSupportedCountry(plan.country)) throw new Unusable("country");
  plan.width = names.length;
  plan.columns = plan.columns.map((column) => ({ ...column, known: column.known ? new Set(column.known) : null }));
  checkRaw(source, [...plan.emails, ...plan.phones]);
  const summary = nothingYet();
  const header = headerOf(plan);
  const [output, report] = [new Parts(`${header}\n`), new Parts("line,column,reason\n")];
  const [preview, shown] = [[], []];
  let bytes = source.start;
  await source.each(async (batch) => {
    const { text, reports } = await hashRows(plan, batch, summary);
    if (preview.length < PREVIEW_ROWS) preview.push(...text.split("\n", PREVIEW_ROWS - preview.length).filter((line) => line !== ""));
    for (const { line, column, reason } of reports.slice(0, SHOWN_MAX - shown.length)) {
      shown.push({ line, column: column === null ? "" : masked(names[column] ?? ""), reason });
    }
    await output.push(text);
    await report.push(reports.map((one) => reportLine(one, names, words)).join(""));
    bytes += batch.bytes;
    postMessage({ progress: { rows: summary.rows, bytes, total: source.total } });
  });
  if (summary.rows === 0) throw new Unusable("no-rows");
  const blob = await output.whole();
  const rows = [];
  eachRecord(new TextEncoder().encode([header, ...preview, ""].join("\n")), ",", 1, (_, cells) => rows.push(cells));
  return { blob, fingerprint: output.fingerprint, report: await report.whole(), summary, preview: rows, shown };
}

/** A long text in parts that the browser may keep on disk, and a fingerprint of it. */
class Parts {
  constructor(text) {
    this.text = text;
    this.parts = [];
    this.fingerprint = "";
  }

  async push(text) {
    this.text += text;
    if (this.text.length >= PART_LENGTH) await this.cut();
  }

  async cut() {
    const part = new Blob([this.text]);
    const chained = new Blob([this.fingerprint, part]);
    const digest = await crypto.subtle.digest("SHA-256", await chained.arrayBuffer());
    this.fingerprint = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.parts.push(part);
    this.text = "";
  }

  async whole() {
    await this.cut();
    return new Blob(this.parts, { type: "text/csv" });
  }
}
