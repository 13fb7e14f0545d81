// From a change to an answer. While a slider moves, one small request is on its way and the newest
// change waits; when the hand lets go, a full one. Nothing but the newest answer is ever shown.
import { post } from "./api.js";
import { complete, living } from "./document.js";
import { state } from "./state.js";

const DIM_AFTER = 150; // ms until the old answer is dimmed
const REST = 140; // ms without a movement after which the full answer is asked for
const GIVE_UP = 600; // ms after which a newer change no longer waits for a slow answer
const token = `page-${crypto.randomUUID?.() ?? Math.random().toString(36).slice(2)}`;

let flight = null; // {controller, full, since, serial}
let serial = 0;
let waiting = false;
let frame = 0;
let dim = 0;
let rest = 0;
let hooks = { answer() {}, busy() {}, failed() {} };

export const onAnswer = (given) => (hooks = { ...hooks, ...given });

/** What is asked about: the scenario on screen in its world, for every request. */
export function asked() {
  const scenario = complete(state.doc);
  return { scenario, world: state.world, strength: living(scenario, state.strengths) };
}

/** The state has changed: ask again; after a slider's release only when the hand rests. */
export function ask({ dragging = false, released = false } = {}) {
  document.body.dataset.waiting = "yes";
  clearTimeout(rest);
  if (released) rest = setTimeout(() => send(true), REST);
  if (released && !frame && !flight) return;
  if (released) dragging = true;
  if (!dragging) return void send(true);
  if (frame) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    const slow = flight && performance.now() - flight.since > GIVE_UP;
    if (flight && !slow) waiting = true;
    else send(false);
  });
}

async function send(full) {
  cancelAnimationFrame(frame);
  if (full) clearTimeout(rest);
  frame = 0;
  waiting = false;
  flight?.controller.abort();
  const of = { doc: state.doc, strengths: state.strengths };
  const mine = { controller: new AbortController(), full, since: performance.now(), serial: (serial += 1) };
  flight = mine;
  clearTimeout(dim);
  dim = setTimeout(() => hooks.busy(true), DIM_AFTER);
  try {
    const answer = await post("simulate", { ...asked(), focus: full ? state.focus : null, token, full }, mine.controller.signal);
    if (mine.serial !== serial) return;
    hooks.answer({ ...answer, of }, { full });
    landed(full);
  } catch (error) {
    if (mine.serial !== serial || error.name === "AbortError" || error.code === "superseded") return;
    landed(full);
    hooks.failed(error);
  }
  if (waiting) send(false);
}

function landed(full) {
  flight = null;
  if (full) document.body.dataset.waiting = "no"; // the full answer to all that was asked
  clearTimeout(dim);
  hooks.busy(false);
}
