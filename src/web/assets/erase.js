// The people of a list that was hashed here are erased from what the member holds, by the API.

import { ended, facts, find, form, hashed, say, start, table, tell, working } from "./list.js";
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

/** What the room erased, and where it couldn't look. */
function done(outcome) {
  const title = (audience) => document.querySelector(`#words [data-audience="${CSS.escape(audience)}"]`)?.textContent ?? audience;
  const rows = outcome.erased.flatMap(({ audience, persons, left, version }) =>
    Object.entries(persons).map(([kind, count]) => [title(audience), say(`kind-${kind}`), count, left[kind] ?? 0, version === null ? say("no-version") : String(version)]),
  );
  find("outcome-done").textContent = say(rows.some(([, , count]) => count > 0) ? "done" : "nobody");
  const heads = ["audience", "identifier", "erased", "left", "version"].map(say);
  find("outcome-erased").hidden = rows.length === 0;
  find("outcome-erased").replaceChildren(table(heads, rows, [2, 3]));
  tell("outcome-other", outcome.other_profile.length === 0 ? "" : `${say("other-profile")} ${outcome.other_profile.map(title).join(", ")}`);
  find("outcome-facts").replaceChildren(...facts([[say("rows-taken"), outcome.rows_taken], [say("rows-rejected"), outcome.rows_rejected]]));
  ended(outcome);
}

start(() => {
  find("send").addEventListener("click", erase);
  addEventListener("beforeunload", (event) => {
    if (erasing) event.preventDefault();
  });
});
