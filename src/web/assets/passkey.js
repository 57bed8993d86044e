// Passkeys (Web Authentication, W3C): signing in, joining, and making another. Where the browser knows none, nothing is shown of this.

const places = document.querySelectorAll("[data-passkey]");
const known = window.PublicKeyCredential?.parseRequestOptionsFromJSON && window.PublicKeyCredential.prototype.toJSON;

for (const place of known ? places : []) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", (event) => {
    event.preventDefault();
    run(place);
  });
}

async function run(place) {
  const form = place.closest("form") ?? document.createElement("form");
  const told = place.querySelector("[role=alert]");
  told.textContent = "";
  told.hidden = true;
  try {
    await deeds[place.dataset.passkey](place, (name) => form.elements.namedItem(name)?.value ?? "");
  } catch (error) {
    // What the room says; else, that it came to nothing: the browser's own words are for programmers.
    told.textContent = error instanceof Refused ? error.message : place.dataset.failed;
    told.hidden = false;
  }
}

class Refused extends Error {}

async function post(path, body) {
  const headers = { "content-type": "application/json", "accept-language": document.documentElement.lang };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw new Refused(said.detail ?? said.title);
  return said;
}

const made = async (begun) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options.publicKey);
  return (await navigator.credentials.create({ publicKey })).toJSON();
};

const deeds = {
  "sign-in": async (place) => {
    const begun = await post("/api/v1/session/passkey", {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options.publicKey);
    const credential = (await navigator.credentials.get({ publicKey })).toJSON();
    const done = await post("/api/v1/session/passkey/assertion", { step: begun.step, credential, next: place.dataset.next });
    location.assign(done.next);
  },
  add: async (place, field) => {
    const begun = await post("/api/v1/me/passkeys/registration", { password: field("password") });
    const name = field("name");
    await post("/api/v1/me/passkeys", { step: begun.step, name, credential: await made(begun) });
    location.assign("/account?done=passkey-added");
  },
  join: async (place, field) => {
    const [secret, name, language] = [place.dataset.secret, field("name"), field("language")];
    const begun = await post("/api/v1/invitation/passkey", { secret, name, language });
    const body = { step: begun.step, name: place.dataset.name, credential: await made(begun) };
    const done = await post("/api/v1/invitation/passkey/acceptance", body);
    const page = document.querySelector("#codes").content.cloneNode(true);
    for (const code of done.recovery_codes) {
      const line = document.createElement("li");
      line.append(document.createElement("code"));
      line.firstChild.textContent = code;
      page.querySelector(".codes").append(line);
    }
    const main = document.querySelector("main");
    main.replaceChildren(page);
    main.focus();
  },
};
