// A question's form, kept company: what it would cost is told as it is filled in, and the margin can be slid. Without this script the
// button does the same.

const form = document.querySelector("#asking");
const margin = form.elements.namedItem("margin");
let waiting = 0;
let newest = 0;

// From 10 to 10,000 people, each step as much wider than the one before.
const slider = document.createElement("input");
slider.type = "range";
slider.min = "0";
slider.max = "300";
slider.setAttribute("aria-label", margin.labels[0].firstChild.textContent.trim());
const place = () => { slider.value = String(Math.round(100 * Math.log10(Math.max(10, Number(margin.value)) / 10))); };
slider.addEventListener("input", () => {
  const exact = 10 * 10 ** (Number(slider.value) / 100);
  const digit = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 1);
  margin.value = String(Math.round(exact / digit) * digit);
  soon();
});
margin.after(slider);
place();

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(estimate, 400);
}

async function estimate() {
  // Only a whole question is asked about: what is refused is written in the log.
  if (!form.checkValidity()) return;
  const own = ++newest;
  const cost = document.querySelector("#cost");
  cost.setAttribute("aria-busy", "true");
  const said = new URLSearchParams(new FormData(form));
  said.set("do", "estimate");
  try {
    const answer = await fetch(form.action, { method: "POST", body: said });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (own !== newest) return;
    const told = page.querySelector("#cost");
    if (!told) return;
    cost.replaceWith(told);
    document.querySelector("main > .notice.wrong")?.remove();
    const refused = page.querySelector("main > .notice.wrong");
    if (refused) form.before(refused);
  } finally {
    document.querySelector("#cost").removeAttribute("aria-busy");
  }
}

for (const kind of ["input", "change"]) {
  form.addEventListener(kind, (event) => {
    if (event.target === slider) return;
    if (event.target === margin) place();
    soon();
  });
}

// What was filled in before this script came.
soon();
