// The editor, kept company: what is written is checked as it is written, and each mistake leads to its place. Without this script the
// button does the same.

const form = document.querySelector("#editor");
let waiting = 0;
let newest = 0;
let changed = false;

async function check() {
  const own = ++newest;
  const said = new URLSearchParams(new FormData(form));
  said.set("do", "check");
  document.querySelector("#checked").setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: said });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (own !== newest) return;
    for (const part of ["#checked", "#effects"]) {
      const told = page.querySelector(part);
      if (told) document.querySelector(part).replaceWith(told);
    }
    document.querySelector("main > .notice.wrong")?.remove();
    const refused = page.querySelector("main > .notice.wrong");
    if (refused) form.before(refused);
    mark();
  } finally {
    document.querySelector("#checked").removeAttribute("aria-busy");
  }
}

// Files with mistakes, for who has them closed.
function mark() {
  const wrong = new Set([...document.querySelectorAll("#checked .mistake a")].map((link) => link.dataset.file));
  for (const file of form.querySelectorAll("details.file")) file.classList.toggle("wrong", wrong.has(name(file)));
}

// The new agreement is called as it is written.
function name(file) {
  if (file.id !== "file-new") return file.dataset.file;
  const given = form.elements.namedItem("new-name").value.trim();
  return given === "" || given.includes(".") ? given : `${given}.cedar`;
}

form.addEventListener("input", () => {
  changed = true;
  clearTimeout(waiting);
  waiting = setTimeout(check, 600);
});
form.addEventListener("submit", () => {
  changed = false;
  clearTimeout(waiting);
});
addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#checked a[data-line]");
  const file = link && [...form.querySelectorAll("details.file")].find((one) => name(one) === link.dataset.file);
  if (!file) return;
  event.preventDefault();
  file.open = true;
  const text = file.querySelector("textarea");
  const lines = text.value.split("\n");
  const line = Number(link.dataset.line) - 1;
  const before = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
  // Columns are counted in characters, places in units of UTF-16.
  const column = [...(lines[line] ?? "")].slice(0, Number(link.dataset.column) - 1).join("").length;
  text.focus();
  text.setSelectionRange(before + column, before + (lines[line] ?? "").length);
  text.scrollTop = (text.scrollHeight / Math.max(lines.length, 1)) * Math.max(0, line - 3);
  text.scrollIntoView({ block: "center" });
});

// Where the caret is, under the text that has it.
const place = document.createElement("p");
place.className = "hint place";
place.setAttribute("aria-hidden", "true");
document.addEventListener("selectionchange", () => {
  const text = document.activeElement;
  if (!(text instanceof HTMLTextAreaElement) || !form.contains(text)) return;
  const before = text.value.slice(0, text.selectionStart);
  const lines = before.split("\n");
  place.textContent = form.dataset.place
    .replace("#L", String(lines.length))
    .replace("#C", String([...lines.at(-1)].length + 1));
  if (text.nextElementSibling !== place) text.after(place);
});

mark();
