// A list that was hashed here becomes an audience's new version: under these terms, in parts, by the API.

import { anew, ended, facts, field, figure, find, form, hashed, labelled, say, sized, start, tell, working } from "./list.js";
import { Refused, giveUp, send } from "./send.js";

let sending = null;

async function deliver() {
  if (!form.reportValidity()) return;
  const purposes = Array.from(form.querySelectorAll("input[name=purpose]:checked"), (box) => box.value);
  tell("send-wrong", purposes.length === 0 ? say("no-purpose") : "");
  if (purposes.length === 0) return;
  const option = field("audience").selectedOptions[0];
  const terms = {
    audience: option.value,
    shape: option.dataset.shape,
    profile: hashed.plan.profile,
    columns: hashed.plan.columns.map(({ name }) => name),
    purposes,
    legal_basis: field("legal_basis").value,
    collected: field("collected").value,
    expires: field("expires").value,
  };
  sending = new AbortController();
  working("send", true);
  const told = ({ bytes, settling }) => {
    find("send-progress").value = bytes / hashed.blob.size;
    find("send-told").textContent = settling ? say("settling") : `${labelled("sent")} ${sized(bytes)} / ${sized(hashed.blob.size)}`;
  };
  try {
    arrived(await send(hashed, terms, { signal: sending.signal, told }), option.value);
  } catch (error) {
    if (!sending.signal.aborted) {
      find("send").textContent = say("go-on");
      tell("send-wrong", error instanceof Refused ? error.message : say("connection-broke"));
    }
  } finally {
    sending = null;
    working("send", false);
  }
}

/** The room has made it the version in force. */
function arrived(outcome, audience) {
  find("outcome-facts").replaceChildren(...facts([
    [say("version"), outcome.version],
    [say("rows-taken"), outcome.rows_taken],
    ...Object.entries(outcome.persons ?? {}).map(([kind, count]) => [say(`persons-${kind}`), count]),
    ...Object.entries(outcome.duplicates ?? {}).filter(([, count]) => count > 0).map(([kind, count]) => [say(`duplicates-${kind}`), count]),
    ...Object.entries(outcome.left_out ?? {}).map(([kind, { persons, rows }]) => [say(`left-out-${kind}`), `${figure(rows)} (${figure(persons)} ${say("people-above")}; max. ${figure(outcome.rows_max)})`]),
    [say("rows-rejected"), outcome.rows_rejected],
  ]));
  find("outcome-link").href = `/audiences/${encodeURIComponent(audience)}`;
  ended(outcome);
}

/** What the audience's version in force was uploaded under is offered again. */
function offered() {
  const { purposes = "", basis = "", columns: granted = "" } = field("audience").selectedOptions[0]?.dataset ?? {};
  for (const box of form.querySelectorAll("input[name=purpose]")) box.checked = purposes.split(" ").includes(box.value);
  field("legal_basis").value = basis;
  find("granted-none").hidden = granted !== "";
  anew();
}

start(() => {
  field("audience").addEventListener("change", offered);
  find("send").addEventListener("click", deliver);
  find("send-cancel").addEventListener("click", async () => {
    sending?.abort();
    find("send").textContent = say("send");
    await giveUp();
  });
  addEventListener("beforeunload", (event) => {
    if (sending) event.preventDefault();
  });
  offered();
});
