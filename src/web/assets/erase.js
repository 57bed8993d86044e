// The people of a list that was hashed here are erased from what the member holds, by the API.

import { ended, facts, find, form, hashed, made, say, start, table, tell, working } from "./list.js";
import { Refused, call } from "./send.js";

let erasing = false;

async function erase() {
  if (erasing || !form.reportValidity()) return;
  if (hashed.blob.size > Number(form.dataset.bytesMax)) {
    tell("send-wrong", say("too-large"));
    return;
  }
  erasing = true;
  tell("send-wrong", "");
  working("send", true);
  find("send-told").textContent = say("running");
  try {
    done(await call("POST", "/api/v1/erasures", { body: hashed.blob, headers: { "content-type": "text/csv" } }));
  } catch (error) {
    // Whether the room has done it can't be known then; doing it again does what is left to do.
    tell("send-wrong", error instanceof Refused ? error.message : say("broke"));
  } finally {
    erasing = false;
    working("send", false);
  }
}

/** Nobody is said to be nowhere as long as somebody can be where the list wasn't looked for. */
function verdict({ erased, not_searched }, rows) {
  if (rows.some(([, , count]) => count > 0)) return "done";
  if (erased.length === 0) return not_searched.length === 0 ? "nothing-held" : "nothing-searched";
  return not_searched.length === 0 ? "nobody" : "nobody-searched";
}

/** What the room erased, and where it couldn't look. */
function done(outcome) {
  const title = (audience) => document.querySelector(`#words [data-audience="${CSS.escape(audience)}"]`)?.textContent ?? audience;
  const rows = outcome.erased.flatMap(({ audience, persons, left, version }) =>
    Object.entries(persons).map(([kind, count]) => [title(audience), say(`kind-${kind}`), count, left[kind] ?? 0, String(version)]),
  );
  find("outcome-done").textContent = say(verdict(outcome, rows));
  const heads = ["audience", "identifier", "erased", "left", "version"].map(say);
  find("outcome-erased").hidden = rows.length === 0;
  find("outcome-erased").replaceChildren(table(heads, rows, [2, 3]));
  find("outcome-not-searched").hidden = outcome.not_searched.length === 0;
  find("outcome-not-searched").querySelector("ul").replaceChildren(...outcome.not_searched.map(({ audience, profile, kinds, why }) => {
    const missed = why === "profile" ? profile : kinds.map((kind) => say(`kind-${kind}`)).join(", ");
    return made("li", `${title(audience)} (${missed}). ${say(`missed-${why}`)}`);
  }));
  find("outcome-facts").replaceChildren(...facts([[say("rows-taken"), outcome.rows_taken], [say("rows-rejected"), outcome.rows_rejected]]));
  ended(outcome);
}

start(() => {
  find("send").addEventListener("click", erase);
  addEventListener("beforeunload", (event) => {
    if (erasing) event.preventDefault();
  });
});
