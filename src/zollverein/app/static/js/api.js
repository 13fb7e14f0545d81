// Talking to the server; a refusal becomes a Refused with the server's own words.
import { t } from "./text.js";

export class Refused extends Error {
  constructor(status, { code = "", message = "", places = [] } = {}) {
    super(message || `HTTP ${status}`);
    Object.assign(this, { status, code, places });
  }
}

async function ask(path, options = {}) {
  const answer = await fetch(`api/${path}`, options).catch(unreachable);
  if (answer.ok) return answer;
  let told = {};
  try {
    told = (await answer.json()).error ?? {};
  } catch {
    // not one of ours: the status says all there is
  }
  throw new Refused(answer.status, told);
}

/** No answer at all: the browser's own words say nothing; a request that the page took back stays what it is. */
function unreachable(error) {
  throw error.name === "AbortError" ? error : new Refused(0, { message: t("problem.unreachable") });
}

const posted = (body, signal) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
  signal,
});

const read = async (answer) => answer.json().catch(unreachable); // cut off on its way

/** Whether nobody answered, or only what stands between: the same may be asked again. */
export const lost = (error) => error instanceof Refused && (error.status === 0 || (error.status >= 502 && !error.code));

export const get = async (path) => read(await ask(path));
export const post = async (path, body, signal) => read(await ask(path, posted(body, signal)));
export const file = async (path, body) => (await ask(path, posted(body))).blob();
export const remove = async (path) => ask(path, { method: "DELETE", keepalive: true }); // also from a page that closes
