// Start: read what there is to know, read the address, draw, ask.
import { answerNow, busy, drawFull, drawOutcomes, drawQuick, showAnswer, showProblem } from "./answer.js";
import { get, post } from "./api.js";
import { drawCompare } from "./compare.js";
import { find } from "./dom.js";
import { drawHeader, drawTabs } from "./header.js";
import { drawJobs, forget } from "./jobs.js";
import { forgetRanges, normalised } from "./kinds.js";
import { readHash, writeHash } from "./link.js";
import { ask, onAnswer } from "./live.js";
import { drawMap, outline } from "./map.js";
import { stop as stopPicking } from "./picking.js";
import { drawPolicy, markProblems } from "./policy.js";
import { known, listen, state } from "./state.js";
import { loadText, t } from "./text.js";

const FIRST = "union-under-sanctions"; // the example that opens
let writing = 0;
let written = "";

async function learn() {
  const [worlds, kinds, presets, map] = await Promise.all([get("worlds"), get("kinds"), get("presets"), get("map"), loadText("text.json")]);
  Object.assign(known, { worlds: worlds.worlds, presets, ...normalised(kinds), shapes: map.shapes, dots: map.dots, plane: map });
  const preset = known.presets.find((one) => one.id === FIRST) ?? known.presets[0];
  Object.assign(state, { doc: structuredClone(preset?.scenario ?? { name: "" }), world: preset?.scenario.world ?? known.worlds[0].name });
}

/** Take over what the address says; a broken one is told and changes nothing. */
async function fromAddress() {
  if (!location.hash || location.hash === written) return false;
  try {
    const { s, k, w, f, v, a, b } = await readHash(location.hash);
    if (!s) return false;
    const pins = { a: await pinned(a), b: await pinned(b) };
    const world = known.worlds.some((one) => one.name === (w ?? s.world)) ? (w ?? s.world) : known.worlds[0].name;
    Object.assign(state, { doc: s, strengths: k ?? {}, world, focus: f ?? null, outcome: v ?? "real_income_pct", pins, compare: Boolean(a && b) });
    written = location.hash;
    return true;
  } catch {
    showProblem({ status: 400, message: t("problem.link") });
    return false;
  }
}

async function pinned(pin) {
  if (!pin) return null;
  const answer = await post("simulate", { scenario: pin.s, world: state.world, strength: pin.k ?? {}, focus: null, token: `pin-${Math.random()}`, full: false }).catch(() => null);
  return answer && { doc: pin.s, strengths: pin.k ?? {}, answer };
}

/** Write the state into the address: a new entry in the history for each settled change. */
function toAddress() {
  clearTimeout(writing);
  writing = setTimeout(async () => {
    const pin = (one) => one && { s: one.doc, k: one.strengths };
    const hash = await writeHash({ s: state.doc, k: state.strengths, w: state.world, f: state.focus, v: state.outcome === "real_income_pct" ? null : state.outcome, a: pin(state.pins.a), b: pin(state.pins.b) });
    if (hash === location.hash) return;
    written = hash;
    history.pushState(null, "", hash);
  }, 60);
}

function changed(what, how) {
  if (what === "world") {
    drawAll();
    toAddress();
    return ask();
  }
  if (what === "doc") {
    if (!how.edited) forgetRanges();
    if (!how.dragging) {
      drawPolicy();
      toAddress();
      forget();
    }
    return ask(how);
  }
  toAddress();
  if (what === "outcome") drawOutcomes();
  if (answerNow()) drawQuick();
  if (what === "pins") return drawCompare(answerNow());
  if (answerNow()) drawFull();
  if (what === "focus") ask();
}

function drawAll() {
  drawHeader();
  drawMap();
  drawPolicy();
  drawOutcomes();
  drawJobs(answerNow, () => drawQuick());
}

async function start() {
  onAnswer({
    answer: (answer, how) => { if (how.full) markIfNeeded(); showAnswer(answer, how); document.body.dataset.ready = "yes"; },
    busy,
    failed: (error) => { showProblem(error); markIfNeeded(error.places ?? []); },
  });
  await learn();
  await fromAddress();
  drawTabs();
  drawAll();
  listen(changed);
  window.addEventListener("popstate", async () => { if (await fromAddress()) { drawAll(); ask(); } });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { stopPicking(); find("tip").hidden = true; } });
  document.addEventListener("mouseover", highlight);
  document.addEventListener("focusin", highlight);
  ask();
}

let marked = false;
function markIfNeeded(places = []) {
  if (!places.length && !marked) return;
  marked = places.length > 0;
  markProblems(places);
}

/** The countries of the card under the hand are outlined on the map. */
function highlight(event) {
  const card = event.target.closest?.(".card.measure");
  const path = card?.dataset.path;
  if (!path) return outline(null);
  const measure = path.split(/[.[\]]+/).filter(Boolean).reduce((level, part) => level?.[part], state.doc);
  outline(["exporters", "importers", "countries", "members", "target", "payers"].flatMap((key) => measure?.[key] ?? []).filter((name) => name !== "all"));
}

start().catch((error) => {
  showProblem(error.status ? error : { message: "" });
  document.body.dataset.ready = "failed";
  throw error;
});
