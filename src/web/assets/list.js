// A list becomes hashes in this browser and is looked at, before anything is done with it. Whatever stands in a file is shown as text and
// never as markup.

export const form = document.querySelector("form[data-worker]");
export const find = (id) => document.querySelector(`#${id}`);
const word = (name) => document.querySelector(`#words [data-word="${CSS.escape(name)}"]`)?.textContent;
/** A word of this page's own, or of what all lists have in common. */
export const say = (name) => word(`${form.id}-${name}`) ?? word(`upload-${name}`) ?? name;
export const field = (name) => form.elements.namedItem(name);
export const language = document.documentElement.lang;
export const labelled = (name) => `${say(name)}${language === "fr" ? "\u00a0:" : ":"}`;
export const figure = (count) => new Intl.NumberFormat(`${language}-CA`).format(count).replaceAll("\u00a0", "\u202f");

/** What came of hashing; null while what the page says hasn't been hashed. */
export let hashed = null;

let vocabulary = {};
let worker = null;
let cancel = () => {};
let list = null;
let opened = null;

/** An element with its text, or with these in it. */
export function made(name, content, attributes = {}) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  if (Array.isArray(content)) element.append(...content);
  else element.textContent = content;
  return element;
}

export function facts(pairs) {
  return pairs.map(([title, value]) => made("div", [made("dt", title), made("dd", typeof value === "number" ? figure(value) : value)]));
}

export function table(head, rows, numbers = []) {
  const kind = (column) => (numbers.includes(column) ? { class: "number" } : {});
  const top = made("thead", [made("tr", head.map((title, column) => made("th", title, { scope: "col", ...kind(column) })))]);
  const cell = (text, column) => made("td", typeof text === "number" ? figure(text) : text, kind(column));
  return made("table", [top, made("tbody", rows.map((row) => made("tr", row.map(cell))))]);
}

/** Tells what is wrong in its place; nothing where nothing is. */
export function tell(id, words) {
  find(id).textContent = words;
  find(id).hidden = words === "";
}

/** Shows these steps and no later ones. */
function steps(count) {
  for (const step of form.querySelectorAll("[data-step]")) step.hidden = Number(step.dataset.step) > count;
}

function toStep(number) {
  form.querySelector(`[data-step="${number}"] h2`).focus();
}

/** Asks the worker, and hears of its progress; a new one each time, so that it can be ended at any moment. */
function ask(question, progress = () => {}) {
  worker?.terminate();
  worker = new Worker(form.dataset.worker, { type: "module" });
  return new Promise((done, failed) => {
    cancel = () => {
      worker.terminate();
      failed(new Error("cancelled"));
    };
    worker.addEventListener("message", ({ data }) => {
      if (data.progress) progress(data.progress);
      else if (data.failed) failed(new Error(data.failed));
      else done(data);
    });
    worker.addEventListener("error", () => failed(new Error("worker")));
    worker.postMessage(question);
  });
}

async function open(file, dropped = false) {
  [list, opened, hashed] = [file, null, null];
  steps(1);
  tell("file-wrong", "");
  // Of a file that was chosen, its field shows the name.
  find("file-name").textContent = dropped ? file.name : "";
  try {
    ({ opened } = await ask({ do: "open", file }));
  } catch (error) {
    tell("file-wrong", say(`file-${error.message}`));
    return;
  }
  columns();
  steps(2);
  toStep(2);
}

const folded = (name) => name.normalize("NFD").replace(/[^\p{Alphabetic}\p{N}]/gu, "").toLowerCase();

/** The vocabulary's columns that may be sent along: those of the chosen audience, where one is chosen. */
function granted() {
  return (field("audience")?.selectedOptions[0]?.dataset.columns ?? "").split(" ").filter((name) => name !== "");
}

/** What each column may be sent as, and what its name says. */
function columns() {
  const allowed = granted();
  const titles = (name) => [name, vocabulary[name]?.title?.fr ?? name, vocabulary[name]?.title?.en ?? name];
  const title = (name) => vocabulary[name]?.title?.[language] ?? name;
  const taken = new Set();
  const rows = opened.shown.map((shown, index) => {
    const choice = made("select", [], { "data-column": String(index), "aria-label": `${labelled("send-as")} ${shown}` });
    for (const kind of ["", "email", "phone"]) choice.append(made("option", say(`as-${kind || "nothing"}`), { value: kind }));
    if (allowed.length > 0) {
      const group = made("optgroup", allowed.map((name) => made("option", title(name), { value: `column ${name}` })));
      group.label = say("as-vocabulary");
      choice.append(group);
    }
    const meant = allowed.find((name) => !taken.has(name) && titles(name).some((known) => folded(known) === folded(opened.names[index])));
    if (opened.email.includes(index)) choice.value = "email";
    else if (opened.phone.includes(index)) choice.value = "phone";
    else if (meant) {
      taken.add(meant);
      choice.value = `column ${meant}`;
    }
    return made("tr", [made("th", shown || "–", { scope: "row" }), made("td", [choice])]);
  });
  find("columns").replaceChildren(...rows);
  tell("columns-wrong", opened.rivals.length > 0 ? `${say("rivals")} ${opened.rivals.map((at) => opened.shown[at]).join(", ")}` : "");
}

/** What is to be hashed, as the page says; null, and told, if it can't be. */
function plan() {
  const chosen = Array.from(form.querySelectorAll("[data-column]"), (choice) => ({ index: Number(choice.dataset.column), as: choice.value }));
  const of = (kind) => chosen.filter(({ as }) => as === kind).map(({ index }) => index);
  const sent = granted().flatMap((name) => chosen.filter(({ as }) => as === `column ${name}`).map(({ index }) => ({ name, index })));
  const wrong = () => {
    if (of("email").length + of("phone").length === 0) return "no-identifier-column";
    return new Set(sent.map(({ name }) => name)).size < sent.length ? "column-twice" : null;
  };
  tell("columns-wrong", wrong() ? say(wrong()) : "");
  if (wrong() || (of("phone").length > 0 && !field("country").reportValidity())) return null;
  const known = (name) => vocabulary[name]?.values?.flatMap((value) => [value.id, value.fr, value.en, ...(value.also ?? [])]);
  const spelled = (name) => known(name)?.map((value) => value.trim().toLowerCase()) ?? null;
  return {
    emails: of("email"),
    phones: of("phone"),
    columns: sent.map(({ name, index }) => ({ name, index, known: spelled(name) })),
    profile: field("profile").value,
    country: field("country").value.toUpperCase(),
  };
}

async function hash() {
  const wanted = plan();
  if (!wanted) return;
  hashed = null;
  steps(2);
  working("hash", true);
  const bar = find("hash-progress");
  const words = Object.fromEntries(Array.from(document.querySelectorAll("#words [data-reason]"), (word) => [word.dataset.reason, word.textContent]));
  const progress = ({ rows, bytes, total }) => {
    bar.value = total > 0 ? Math.min(bytes / total, 1) : 0;
    find("hash-told").textContent = `${labelled("rows-read")} ${figure(rows)}`;
  };
  try {
    ({ hashed } = await ask({ do: "hash", file: list, plan: wanted, words }, progress));
    hashed.plan = wanted;
  } catch (error) {
    tell("columns-wrong", error.message === "cancelled" ? "" : say(`file-${error.message}`));
    return;
  } finally {
    working("hash", false);
  }
  show();
  steps(hashed.summary.taken > 0 ? 4 : 3);
  toStep(3);
}

/** While something long runs: its progress and the way to stop it, in place of what starts it. */
export function working(what, runs) {
  find(`${what}-start`).hidden = runs;
  find(`${what}-running`).hidden = !runs;
  if (runs) find(`${what}-progress`).value = 0;
  if (!runs) find(`${what}-told`).textContent = "";
}

/** What came of hashing: what will leave, and what won't. */
function show() {
  const { summary, preview, shown, report } = hashed;
  const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0);
  find("hash-facts").replaceChildren(...facts([
    [say("rows-read"), summary.rows],
    [say("rows-taken"), summary.taken],
    [say("rows-rejected"), sum(summary.rejected)],
    [say("left-out"), sum(summary.leftOut)],
    [say("size-leaving"), sized(hashed.blob.size)],
  ]));
  const [head, ...rows] = preview;
  find("preview").replaceChildren(table(head ?? [], rows));
  find("preview-part").hidden = rows.length === 0;
  tell("hash-wrong", summary.taken === 0 ? say("nothing-taken") : "");
  find("rejected-part").hidden = shown.length === 0;
  const reason = (code) => document.querySelector(`#words [data-reason="${CSS.escape(code)}"]`)?.textContent ?? code;
  find("rejected").replaceChildren(table([say("line"), say("column"), say("reason")], shown.map((one) => [one.line, one.column, reason(one.reason)]), [0]));
  const link = find("report");
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(report);
  const unknown = Object.entries(summary.unknown).map(([name, { rows: count, values }]) => [vocabulary[name]?.title?.[language] ?? name, count, values.join(" · ")]);
  find("unknown-part").hidden = unknown.length === 0;
  find("unknown").replaceChildren(table([say("column"), say("rows"), say("values")], unknown, [1]));
}

export function sized(bytes) {
  const [unit, name] = bytes < 1e6 ? [1e3, say("kilobytes")] : [1e6, say("megabytes")];
  return `${new Intl.NumberFormat(`${language}-CA`, { maximumFractionDigits: 1 }).format(bytes / unit)}\u00a0${name}`;
}

/** The room has done what was asked: shows that in place of the form, with what the room didn't take of the list. */
export function ended(outcome) {
  const rejected = Object.entries(outcome.rejected ?? {}).map(([reason, count]) => [
    say(`room-${reason}`), count, (outcome.first_lines?.[reason] ?? []).map(figure).join(", "),
  ]);
  find("outcome-rejected").hidden = rejected.length === 0;
  find("outcome-rejected").replaceChildren(table([say("reason"), say("rows"), say("first-lines")], rejected, [1]));
  form.hidden = true;
  find("outcome").hidden = false;
  find("outcome").querySelector("h2").focus();
}

/** What was hashed is no more what the page says; columns are chosen anew. */
export function anew() {
  hashed = null;
  steps(opened ? 2 : 1);
  if (opened) columns();
}

/** Shows the form to whoever can use it, and lets it be used; what the page does with a list is begun with `more`. */
function begin(more) {
  if (!globalThis.crypto?.subtle) {
    find("insecure").hidden = false;
    return;
  }
  find("without-script").hidden = true;
  form.hidden = false;
  const drop = find("drop");
  const stop = (event) => {
    event.preventDefault();
    drop.classList.toggle("over", event.type === "dragover");
  };
  for (const kind of ["dragover", "dragleave"]) drop.addEventListener(kind, stop);
  drop.addEventListener("drop", (event) => {
    stop(event);
    if (event.dataTransfer.files.length > 0) open(event.dataTransfer.files[0], true);
  });
  field("file").addEventListener("change", ({ target }) => {
    if (target.files.length > 0) open(target.files[0]);
  });
  // What was hashed is no more what the page says.
  const changed = () => {
    hashed = null;
    if (opened) steps(2);
  };
  for (const name of ["profile", "country"]) field(name).addEventListener("change", changed);
  find("columns").addEventListener("change", changed);
  find("hash").addEventListener("click", hash);
  find("hash-cancel").addEventListener("click", () => cancel());
  form.addEventListener("submit", (event) => event.preventDefault());
  more();
}

/** The vocabulary's titles and spellings; without them, its names do. */
async function learn() {
  const answer = await fetch("/api/v1/vocabulary");
  vocabulary = (await answer.json()).columns ?? {};
}

/** Begins, once the vocabulary has come or can't. A member without an audience has no form, and nothing to do. */
export function start(more) {
  if (form) learn().catch(() => {}).finally(() => begin(more));
}
