// Start: read what there is to know, read the address, draw, ask.
import { answerNow, busy, drawFull, drawOutcomes, drawQuick, showAnswer, showProblem, tell } from "./answer.js";
import { get, post } from "./api.js";
import { follow } from "./cards.js";
import { drawCompare } from "./compare.js";
import { complete } from "./document.js";
import { find } from "./dom.js";
import { OUTCOMES } from "./focus.js";
import { drawHeader, drawTabs } from "./header.js";
import { drawJobs, forget } from "./jobs.js";
import { forgetRanges, normalised } from "./kinds.js";
import { readHash, writeHash } from "./link.js";
import { ask, onAnswer } from "./live.js";
import { drawMap, outline } from "./map.js";
import { stop as stopPicking } from "./picking.js";
import { drawPolicy, markProblems } from "./policy.js";
import { drawQuestions } from "./questions.js";
import { known, listen, state, world } from "./state.js";
import { loadText, t } from "./text.js";

const FIRST = "union-under-sanctions"; // the example that opens
let writing = 0;
let written = "";
let reading = 0; // of several addresses in quick succession only the last is shown
let opening = { name: "" }; // the document of a bare address
let drawn = null; // the world that the page shows

async function learn() {
  const [worlds, kinds, presets, map] = await Promise.all([get("worlds"), get("kinds"), get("presets"), get("map"), loadText("text.json")]);
  Object.assign(known, { worlds: worlds.worlds, presets, ...normalised(kinds), shapes: map.shapes, dots: map.dots, plane: map });
  const usual = known.worlds[0].name;
  const preset = known.presets.find((one) => one.id === FIRST && (one.scenario.world ?? usual) === usual);
  opening = preset?.scenario ?? { name: t("policy.preset_empty"), world: usual }; // examples are of another world than the operator's
  Object.assign(state, { doc: structuredClone(opening), world: usual });
}

/** Take over what the address says; a broken one is told and changes nothing. */
async function fromAddress() {
  const mine = (reading += 1);
  if (location.hash === written) return false;
  if (!location.hash) return take({ doc: structuredClone(opening), strengths: {}, world: opening.world, focus: null, outcome: "real_income_pct", pins: { a: null, b: null }, compare: false });
  try {
    const { s, k, w, f, v, a, b } = await readHash(location.hash);
    if (!s) return false;
    const { scenario } = await post("scenarios/validate", { scenario: s, world: w });
    const place = w ?? s.world ?? known.worlds[0].name;
    const pins = { a: await pinned(a, place), b: await pinned(b, place) };
    return mine === reading && take({ doc: scenario, strengths: sizes(k), world: place, focus: f, outcome: OUTCOMES.includes(v) ? v : "real_income_pct", pins, compare: Boolean(pins.a && pins.b) });
  } catch (error) {
    if (mine === reading) tell(`${t("problem.link")}${error.status ? `\n${error.message}` : ""}`);
    return false;
  }
}

function take(part) {
  const place = known.worlds.find((one) => one.name === part.world) ?? known.worlds[0];
  const focus = place.countries.some((country) => country.code === part.focus) ? part.focus : null;
  Object.assign(state, part, { world: place.name, focus });
  written = location.hash;
  return true;
}

/** Strengths from an address: numbers from 0 to 1, nothing else. */
const sizes = (given) => Object.fromEntries(Object.entries(given ?? {}).filter(([, size]) => typeof size === "number" && size >= 0 && size <= 1));

async function pinned(pin, place) {
  if (!pin) return null;
  const answer = await post("simulate", { scenario: pin.s, world: place, strength: pin.k ?? {}, focus: null, token: `pin-${Math.random()}`, full: false }).catch(() => null);
  return answer && { doc: pin.s, strengths: pin.k ?? {}, answer };
}

/** Write the state into the address: a new entry in the history for each settled change. */
function toAddress() {
  clearTimeout(writing);
  writing = setTimeout(async () => {
    const pin = (one) => one && { s: one.doc, k: one.strengths };
    const hash = await writeHash({ s: complete(state.doc), k: state.strengths, w: state.world, f: state.focus, v: state.outcome === "real_income_pct" ? null : state.outcome, a: pin(state.pins.a), b: pin(state.pins.b) });
    if (hash === location.hash) return;
    written = hash;
    history.pushState(null, "", hash);
  }, 60);
}

function changed(what, how) {
  if (state.world !== drawn) return moved();
  if (what === "doc") {
    if (!how.edited) another();
    tell(null);
    forget();
    if (!how.dragging) {
      drawPolicy();
      askWhy();
      toAddress();
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

/** Another world, chosen or named by a document: other countries, so that pins and focus are of no use. */
function moved() {
  const there = world().countries.some((country) => country.code === state.focus);
  Object.assign(state, { focus: there ? state.focus : null, pins: { a: null, b: null }, compare: false });
  tell(null);
  another();
  forget();
  drawAll();
  drawCompare(null);
  toAddress();
  ask();
}

/** Another document, not an edit of the last one. */
function another() {
  forgetRanges();
  follow(state.doc);
}

function drawAll() {
  drawn = state.world;
  drawHeader();
  drawMap();
  drawPolicy();
  drawOutcomes();
  askWhy();
  drawQuestions();
}

const askWhy = () => drawJobs(answerNow, () => drawQuick());

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
  window.addEventListener("popstate", async () => { if (await fromAddress()) { another(); forget(); drawAll(); ask(); } });
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
  const card = event.target.closest?.(".card.measure, .card.own");
  if (card?.dataset.bloc) return outline([card.dataset.bloc]);
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
