// Long work: attribution by programme, bands under uncertainty. Progress, result, cancel.
import { Refused, get, lost, post, remove } from "./api.js";
import { countryButton, ranked, reach, strip, written } from "./bars.js";
import { fill, find, h } from "./dom.js";
import { percent, signed, change as shown } from "./format.js";
import { asked } from "./live.js";
import { inQuotes } from "./names.js";
import { missing, spread, spreadField } from "./spread.js";
import { countryName, state, world } from "./state.js";
import { sortable } from "./table.js";
import { readable, t, worded } from "./text.js";

const PAUSE = 300;
const AGAIN = 2000; // ms until a server that did not answer is asked again
const DRAWS = 100;
const BANDS = 12; // rows of the table of bands at first
// Outcomes of the page that long questions can be asked about, by the server's names; real income stands in for others.
const KINDS = { real_income_pct: "real_income", real_wage_pct: "real_wage", exports_pct: "exports", imports_pct: "imports", price_index_pct: "price_index" };
const USUAL = "real_income_pct";
let running = null;
const owed = new Set(); // jobs that nobody waits for, and that the server could not be told about
let bands = null; // {outcome, rows: code -> {low, high}}

export const bandsFor = (outcome) => (bands?.outcome === outcome ? bands.rows : null);
/** A changed scenario makes earlier bands wrong. */
export function forget() {
  bands = null;
  fill(find("job-result"));
}

/** The economy in focus, then those of the ranked list, the largest change first. */
function movers(answer, outcome) {
  const { losers, winners } = ranked(new Map(answer.economies.map((row) => [row.code, row[outcome]])));
  const order = [...losers, ...winners].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).map(([code]) => code);
  return [...new Set([state.focus, ...order])].filter(Boolean);
}

export function drawJobs(answer, redraw) {
  const column = () => (KINDS[state.outcome] ? state.outcome : USUAL);
  const drawn = () => ({ draws: DRAWS, ...(spread() !== undefined && { elasticity_spread: spread() }) });
  const attribute = (more) => {
    const outcome = column();
    const [code = world().countries[0].code] = movers(answer(), outcome);
    run("attribute", { ...asked(), outcome: `${KINDS[outcome]} ${inQuotes(code)}`, ...more }, (result) => showAttribution(result, code, outcome));
  };
  const uncertainty = () => {
    const outcome = column();
    const found = movers(answer(), outcome);
    const codes = found.length ? found : [world().countries[0].code];
    const outcomes = codes.map((code) => `${KINDS[outcome]} ${inQuotes(code)}`);
    run("uncertainty", { ...asked(), outcomes, ...drawn() }, (result, now) => showBands(result, codes, outcome, now && redraw));
  };
  const unlessMissing = (ask) => () => {
    if (!missing()) return ask();
    say(t("jobs.spread_missing"));
    find("jobs").querySelector(".spread input").focus();
  };
  fill(find("jobs"),
    h("button", { type: "button", data: { key: "attribute" }, on: { click: () => attribute({}) } }, t("jobs.attribute")),
    h("button", { type: "button", data: { key: "attribute-bands" }, on: { click: unlessMissing(() => attribute(drawn())) } }, t("jobs.attribute_bands", { draws: DRAWS })),
    h("button", { type: "button", data: { key: "uncertainty" }, on: { click: unlessMissing(uncertainty) } }, t("jobs.uncertainty", { draws: DRAWS })),
    h("p", { class: "hint" }, t("jobs.hint")), spreadField(DRAWS));
}

/** Ask a long question; `done(result, now)` shows the answer, now: it is about what is on screen. */
export async function run(path, body, done) {
  const stopped = stop();
  const mine = (running = { id: null });
  await stopped;
  for (const id of owed) await cancelled({ id });
  if (running !== mine) return;
  fill(find("job-result"));
  const bar = h("progress", { max: 1, "aria-label": t("jobs.progress") });
  const said = h("span", { class: "quiet-text" }, t("jobs.starting"));
  fill(find("job-progress"), bar, said, h("button", { type: "button", class: "quiet small", on: { click: stop } }, t("jobs.cancel")));
  try {
    mine.id = (await post(path, body)).job;
    if (running !== mine) return await cancelled(mine);
    for (;;) {
      const job = await asFar(mine.id);
      if (running !== mine) return;
      said.textContent = !job ? t("jobs.unreachable") : job.total ? t("jobs.so_far", { done: job.done, total: job.total }) : t("jobs.starting");
      if (!job) {
        await pause(AGAIN);
        continue;
      }
      if (job.total) [bar.max, bar.value] = [job.total, job.done];
      if (job.result) return finish(() => about(body, (now) => done(job.result, now)));
      if (["failed", "cancelled", "error"].includes(job.state)) return finish(() => say(job.error?.message ?? t("jobs.failed")));
      await pause(PAUSE);
    }
  } catch (error) {
    if (running === mine) finish(() => say(refusal(error)));
  }
}

const pause = (time) => new Promise((go) => setTimeout(go, time));

/** How far a job is; nothing where the server does not answer now: the job goes on there all the same. */
async function asFar(id) {
  try {
    return await get(`jobs/${encodeURIComponent(id)}`);
  } catch (error) {
    if (lost(error)) return null;
    throw error;
  }
}

function refusal(error) {
  if (error.code === "no_job") return t("jobs.gone");
  const none = error instanceof Refused && [404, 405, 501].includes(error.status) && !error.message.includes(" ");
  return none ? t("jobs.not_offered") : error.message;
}

/** Show a result, and say so where the scenario has changed since it was asked about. */
function about({ scenario, world: place, strength }, show) {
  const now = JSON.stringify({ scenario, world: place, strength }) === JSON.stringify(asked());
  show(now);
  if (!now) find("job-result").prepend(h("p", { class: "problem" }, t("jobs.before")));
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
  if (old?.id) await cancelled(old);
}

/** Tell the server that nobody waits for a job any more; where it does not answer, before the next question. */
async function cancelled({ id }) {
  owed.add(id);
  try {
    await remove(`jobs/${encodeURIComponent(id)}`);
    owed.delete(id);
  } catch (error) {
    if (!lost(error)) owed.delete(id);
  }
}
window.addEventListener("pagehide", stop); // else the next job would wait for one that nobody can see

/** Parts by size, then what is left over where it can be seen, and the sums as they come. */
function ordered(table) {
  const left = (row) => row.part === "(not attributed)";
  const last = (row) => left(row) || ["sum of the parts", "all together"].includes(row.part);
  const size = (row) => Math.abs(row.effect_pct ?? 0);
  return [...table.filter((row) => !last(row)).sort((a, b) => size(b) - size(a)), ...table.filter((row) => last(row) && (!left(row) || size(row) >= 0.0005))];
}

/** Each part's contribution as a bar with its number, and its band where one was asked for, then the server's own words. */
function showAttribution({ table, text }, code, outcome) {
  const band = (row) => (Number.isFinite(row.low_pct) ? { low: row.low_pct, high: row.high_pct } : null);
  const effect = (row) => row.effect_pct ?? 0;
  const size = Math.max(...table.map((row) => reach(effect(row), band(row))), 0.001);
  const bar = (row) => h("li", { class: "bar-row wide" }, h("span", {}, row.part), strip(effect(row), size, band(row)), written(row.effect_pct, band(row), (value) => signed(value, 3)));
  fill(find("job-result"), h("h4", {}, t("jobs.attribution_title", { outcome: t(`outcomes.${outcome}`), country: countryName(code) })), h("ol", { class: "bar-list" }, ordered(table).map(bar)), table.some(band) && h("p", { class: "hint" }, t("bars.bands")), h("p", { class: "about" }, worded(text)));
}

/** A table of bands of the economies asked about, in order; with `redraw` they are drawn over the ranked list too. */
function showBands({ table, drivers = [], text }, codes, outcome, redraw) {
  const rows = table.map((row, i) => ({ code: codes[i], name: row.outcome, low: row.low_pct, middle: row.median_pct, high: row.high_pct }));
  bands = redraw ? { outcome, rows: new Map(rows.map((row) => [row.code, row])) } : null;
  const column = (key) => ({ key, title: t(`jobs.${key}`), kind: "number", value: (row) => row[key], show: shown });
  const name = { key: "code", title: t("booking.economy"), kind: "name", value: (row) => countryName(row.code), show: (_, row) => countryButton(row.code, { where: "job" }) };
  const first = drivers.filter((row) => row.outcome === rows[0]?.name && Number.isFinite(row.total));
  fill(find("job-result"), h("h4", {}, t("jobs.bands_title", { outcome: t(`outcomes.${outcome}`) })),
    sortable([name, ...["low", "middle", "high"].map(column)], rows, { sort: "middle", ascending: true, most: BANDS, label: t("jobs.bands_title", { outcome: t(`outcomes.${outcome}`) }) }),
    redraw && h("p", { class: "hint" }, t("jobs.bands_hint")), h("p", { class: "about" }, worded(text)),
    first.length > 0 && h("dl", { class: "facts" }, h("dt", {}, t("jobs.drivers", { country: countryName(rows[0].code) })), h("dd", {}, first.slice(0, 5).map((row) => `${readable(row.assumption)} ${percent(row.total, 0)}`).join(" · "))));
  if (redraw) redraw();
}
