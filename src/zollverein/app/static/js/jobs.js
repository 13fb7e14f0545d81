// Long work: attribution by programme, bands under uncertainty. Progress, result, cancel.
import { Refused, get, post, remove } from "./api.js";
import { countryButton } from "./bars.js";
import { fill, find, h } from "./dom.js";
import { change as shown } from "./format.js";
import { asked } from "./live.js";
import { countryName, state } from "./state.js";
import { sortable } from "./table.js";
import { t } from "./text.js";

const PAUSE = 300;
const DRAWS = 100;
let running = null;
let bands = null; // code -> {low, high}, by outcome

export const bandsFor = (outcome) => bands?.get(outcome) ?? null;
/** A changed scenario makes earlier bands wrong. */
export function forget() {
  bands = null;
  fill(find("job-result"));
}

export function drawJobs(redraw) {
  const start = (path, body, done) => () => run(path, body(), done);
  fill(find("jobs"),
    h("button", { type: "button", on: { click: start("attribute", () => ({ ...asked(), outcome: state.outcome }), showAttribution) } }, t("jobs.attribute")),
    h("button", { type: "button", on: { click: start("uncertainty", () => ({ ...asked(), outcomes: [state.outcome], draws: DRAWS }), (result) => showBands(result, redraw)) } }, t("jobs.uncertainty", { draws: DRAWS })));
}

async function run(path, body, done) {
  await stop();
  const mine = (running = { id: null });
  const bar = h("progress", { max: 1, "aria-label": t("jobs.progress") });
  const said = h("span", { class: "quiet-text" }, t("jobs.starting"));
  fill(find("job-progress"), bar, said, h("button", { type: "button", class: "quiet small", on: { click: stop } }, t("jobs.cancel")));
  try {
    mine.id = (await post(path, body)).job;
    for (;;) {
      const job = await get(`jobs/${encodeURIComponent(mine.id)}`);
      if (running !== mine) return;
      if (job.total) {
        bar.max = job.total;
        bar.value = job.done;
        said.textContent = t("jobs.so_far", { done: job.done, total: job.total });
      }
      if (job.result) return finish(() => done(job.result));
      if (["failed", "cancelled", "error"].includes(job.state)) return finish(() => say(job.error?.message ?? t("jobs.failed")));
      await new Promise((go) => setTimeout(go, PAUSE));
    }
  } catch (error) {
    if (running === mine) finish(() => say(error instanceof Refused && [404, 405, 501].includes(error.status) && !error.message.includes(" ") ? t("jobs.not_offered") : error.message));
  }
}

function finish(act) {
  running = null;
  fill(find("job-progress"));
  act();
}
const say = (text) => fill(find("job-result"), h("p", { class: "problem", role: "alert" }, text));

async function stop() {
  const old = running;
  running = null;
  fill(find("job-progress"));
  if (old?.id) await remove(`jobs/${encodeURIComponent(old.id)}`).catch(() => {});
}

function showAttribution(result) {
  const names = [...new Set(result.economies.flatMap((row) => row.parts.map((part) => part.name)))];
  const rows = result.economies.map((row) => ({ code: row.code, parts: Object.fromEntries(row.parts.map((part) => [part.name, part.value])), total: row.parts.reduce((sum, part) => sum + part.value, 0) }));
  rows.sort((a, b) => Math.abs(b.total) - Math.abs(a.total));
  const tone = (value) => (value > 0.005 ? " up" : value < -0.005 ? " down" : "");
  const columns = [...names.map((name) => ({ key: name, title: name, kind: "number", value: (row) => row.parts[name], show: shown, tone })), { key: "total", title: t("jobs.total"), kind: "number total", value: (row) => row.total, show: shown, tone }];
  fill(find("job-result"), h("h4", {}, t("jobs.attribution_title", { outcome: t(`outcomes.${state.outcome}`) })), table(rows.slice(0, 20), columns, "total"), h("p", { class: "hint" }, t("jobs.attribution_hint")));
}

function showBands(result, redraw) {
  bands = new Map();
  for (const row of result.economies) {
    if (!bands.has(row.outcome)) bands.set(row.outcome, new Map());
    bands.get(row.outcome).set(row.code, row);
  }
  const rows = result.economies.filter((row) => row.outcome === state.outcome).sort((a, b) => Math.abs(b.middle) - Math.abs(a.middle)).slice(0, 20);
  const column = (key) => ({ key, title: t(`jobs.${key}`), kind: "number", value: (row) => row[key], show: shown });
  fill(find("job-result"), h("h4", {}, t("jobs.bands_title", { outcome: t(`outcomes.${state.outcome}`) })), table(rows, ["low", "middle", "high"].map(column), "middle"), h("p", { class: "hint" }, t("jobs.bands_hint")));
  redraw();
}

function table(rows, columns, sort) {
  const name = { key: "code", title: t("booking.economy"), kind: "name", value: (row) => countryName(row.code), show: (_, row) => countryButton(row.code, { where: "job" }) };
  return sortable([name, ...columns], rows, { sort, ascending: true, most: 12, label: t("jobs.title") });
}
