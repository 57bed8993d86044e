// Sends a list of hashes to the room in parts, by its API, and goes on where the room stands: after a broken connection, and after this
// page was closed, if the same list is sent again under the same terms.

const PART_BYTES = 4 << 20;
const TRIES_MAX = 8;
const PAUSE_FIRST_MS = 500;
const PAUSE_MAX_MS = 30_000;
const KEPT = "camerata-upload";

/** What the room refused, in its own words. */
export class Refused extends Error {
  constructor(status, problem, seconds) {
    super(problem.detail ?? problem.title ?? String(status));
    Object.assign(this, { status, problem, seconds });
  }

  get isPassing() {
    return [408, 429, 502, 503, 504].includes(this.status);
  }
}

/** Calls the API; what it refuses, it says in the page's language. */
export async function call(method, path, { body, headers = {}, signal }) {
  const language = document.documentElement.lang;
  const answer = await fetch(path, { method, body, signal, headers: { "accept-language": language, ...headers } });
  const text = await answer.text();
  let said = {};
  try {
    said = text === "" ? {} : JSON.parse(text);
  } catch {
    // A proxy's own page: its status says enough.
  }
  if (!answer.ok) throw new Refused(answer.status, said, Number(answer.headers.get("retry-after") ?? 0));
  return said;
}

/** Calls until it is answered: what breaks a connection passes, as a rule. */
async function insist(method, path, options) {
  for (let failures = 1; ; failures += 1) {
    try {
      return await call(method, path, options);
    } catch (error) {
      if (!isPassing(error, options.signal) || failures >= TRIES_MAX) throw error;
      await pause(failures, error, options.signal);
    }
  }
}

function isPassing(error, signal) {
  return !signal.aborted && (error instanceof Refused ? error.isPassing : error instanceof TypeError);
}

function pause(failures, error, signal) {
  const longest = Math.max(PAUSE_FIRST_MS * 2 ** Math.min(failures - 1, 10), (error.seconds ?? 0) * 1000);
  return new Promise((done, stopped) => {
    const waiting = setTimeout(done, Math.min(longest, PAUSE_MAX_MS));
    signal.addEventListener("abort", () => {
      clearTimeout(waiting);
      stopped(signal.reason);
    });
  });
}

/** Sends a list under its terms; what it came to. `told` hears how many bytes the room has, and when it has them all. */
export async function send({ blob, fingerprint }, terms, { signal, told }) {
  const declaration = { ...terms, bytes: blob.size };
  const key = await digest(`${fingerprint} ${JSON.stringify(declaration)}`);
  const upload = (await begun(key, signal)) ?? (await declared(declaration, key, signal));
  const path = `/api/v1/uploads/${upload.id}`;
  if (upload.state !== "stored") await parts(path, blob, upload.offset, { signal, told });
  told({ bytes: blob.size, settling: true });
  const headers = { "content-type": "application/json" };
  const outcome = await insist("POST", `${path}/complete`, { body: JSON.stringify({ bytes: blob.size }), headers, signal });
  forget();
  return outcome;
}

async function digest(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function parts(path, blob, from, { signal, told }) {
  let [offset, failures] = [from, 0];
  while (offset < blob.size) {
    told({ bytes: offset, settling: false });
    const body = blob.slice(offset, offset + PART_BYTES);
    const headers = { "upload-offset": String(offset), "content-type": "application/octet-stream" };
    let next;
    try {
      next = (await call("PATCH", path, { body, headers, signal })).offset;
    } catch (error) {
      failures += 1;
      if (failures >= TRIES_MAX) throw error;
      if (error instanceof Refused && error.status === 409 && Number.isInteger(error.problem.offset)) next = error.problem.offset;
      else if (isPassing(error, signal)) {
        await pause(failures, error, signal);
        next = (await insist("GET", path, { signal })).offset;
      } else throw error;
    }
    // What the room took before the connection broke counts as success; that it takes nothing, without a word, does not.
    if (next > offset) failures = 0;
    else if ((failures += 1) >= TRIES_MAX) throw new Refused(409, {}, 0);
    offset = next;
  }
}

async function declared(declaration, key, signal) {
  const headers = { "content-type": "application/json" };
  const upload = await insist("POST", "/api/v1/uploads", { body: JSON.stringify(declaration), headers, signal });
  remember({ id: upload.id, key });
  return upload;
}

/** An upload of the same list under the same terms that was begun in this browser and not ended. */
async function begun(key, signal) {
  const kept = remembered();
  if (kept?.key !== key) return null;
  try {
    const upload = await insist("GET", `/api/v1/uploads/${encodeURIComponent(kept.id)}`, { signal });
    return upload.state === "abandoned" ? null : upload;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return null;
    throw error;
  }
}

/** Gives up what was begun: what the room has of it is destroyed. */
export async function giveUp() {
  const kept = remembered();
  forget();
  if (kept) await call("DELETE", `/api/v1/uploads/${encodeURIComponent(kept.id)}`, {}).catch(() => {});
}

// Where the browser keeps nothing, an upload can't be taken up again, and that is all.
function remember(upload) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(upload));
  } catch {
    kept = upload;
  }
}

let kept = null;

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? kept;
  } catch {
    return kept;
  }
}

function forget() {
  kept = null;
  try {
    localStorage.removeItem(KEPT);
  } catch {
    // It was kept here alone.
  }
}
