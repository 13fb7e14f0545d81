// The answer panel: everything about the newest answer, quick parts at once, the rest when it comes.
import { drawBars } from "./bars.js";
import { drawBooking } from "./booking.js";
import { compared, drawCompare, shownValues } from "./compare.js";
import { fill, find, h } from "./dom.js";
import { drawEconomies } from "./economies.js";
import { OUTCOMES, drawFocus, drawFocusHead } from "./focus.js";
import { bandsFor } from "./jobs.js";
import { colourMap, drawLegend } from "./map.js";
import { drawMatrix } from "./matrix.js";
import { limitOf } from "./scale.js";
import { change, state } from "./state.js";
import { drawStrip, drawTrust } from "./trust.js";
import { t } from "./text.js";

let newest = null; // what is on screen
let limit = 1;
export const answerNow = () => newest;

/** Show an answer; parts that only a full one has stay, dimmed, until the next full one. */
export function showAnswer(answer, { full }) {
  newest = full ? answer : { ...newest, ...answer, certificate: answer.certificate };
  for (const id of ["late", "focus", "trust"]) find(id).classList.toggle("stale", !full);
  drawQuick(full);
  if (full) drawFull();
  fill(find("problem"));
  find("answer").classList.remove("dimmed");
}

/** Headline, map, bars, matrix: what changes while the hand moves. */
export function drawQuick(settled = true) {
  fill(find("headline"), newest.headline);
  fill(find("summary"), newest.summary ?? summaryOf(newest));
  if (settled) find("live").textContent = newest.headline;
  drawStrip(newest);
  const values = shownValues(newest);
  const wanted = limitOf([...values.values()]);
  if (settled || wanted > 2 * limit || wanted < limit / 5) limit = wanted;
  const pair = state.compare && compared(newest);
  const title = t(pair ? "map.difference" : "map.change", { outcome: t(`outcomes.${state.outcome}`) });
  colourMap(values, limit);
  drawLegend(limit, title);
  find("bars-title").textContent = title;
  drawBars(find("bars"), values, pair ? null : bandsFor(state.outcome));
  drawMatrix(find("matrix"), newest.bloc_matrix);
  drawFocusHead(newest);
  if (state.compare) drawCompare(newest);
}

/** Everything else. */
export function drawFull() {
  drawCompare(newest);
  drawFocus(newest);
  drawBooking(find("booking"), newest.booking);
  drawEconomies(find("economies"), newest);
  fill(find("notes"), newest.notes?.length ? [h("h3", {}, t("notes.title")), h("ul", { class: "plain-list" }, newest.notes.map((note) => h("li", {}, note)))] : null);
  drawTrust(newest);
}

export function drawOutcomes() {
  fill(find("outcomes"), OUTCOMES.map((name) => h("button", {
    type: "button", class: "segment", "aria-pressed": String(name === state.outcome), data: { key: name }, on: { click: () => change({ outcome: name }, "outcome") },
  }, t(`outcomes.${name}`))));
}

/** How many gain and lose, counted here where the server does not say it. */
function summaryOf({ economies }) {
  const moved = (sign) => economies.filter((row) => sign * row.real_income_pct > 0.005).length;
  return t("answer.summary", { many: economies.length, lose: moved(-1), gain: moved(1) });
}

/** The old answer stays, dimmed, while the next one is on its way. */
export function busy(on) {
  const node = find("answer");
  node.classList.toggle("dimmed", on);
  node.setAttribute("aria-busy", String(on));
}

export function showProblem(error) {
  find("answer").classList.add("dimmed");
  fill(find("problem"), h("div", { class: "alert", role: "alert" }, h("strong", {}, t("problem.title")), h("p", { class: "said" }, error.status ? error.message : t("problem.unreachable")), newest && h("p", { class: "hint" }, t("problem.old"))));
}

/** Something that stays until the scenario changes or it is closed; null takes it away. */
export function tell(text) {
  const gone = () => fill(find("told"));
  fill(find("told"), text && h("div", { class: "alert", role: "alert" }, h("p", { class: "said" }, text), h("button", { type: "button", class: "quiet small", on: { click: gone } }, t("problem.close"))));
}
