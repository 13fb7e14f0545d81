// Long work: attribution by programme, bands under uncertainty. Progress, result, cancel.
import { Refused, get, post, remove } from "./api.js";
import { countryButton } from "./bars.js";
import { fill, find, h } from "./dom.js";
import { percent, signed, change as shown } from "./format.js";
import { asked } from "./live.js";
import { countryName, state } from "./state.js";
import { sortable } from "./table.js";
import { readable, t } from "./text.js";

const PAUSE = 300;
const DRAWS = 100;
const BANDS = 12; // economies that get one
// Outcomes of the page that long questions can be asked about, by the server's names.
const KINDS = { real_income_pct: "real_income", real_wage_pct: "real_wage", exports_pct: "exports", imports_pct: "imports", terms_of_trade_pct: "terms_of_trade" };
let running = null;
let bands = null; // {outcome, rows: code -> {low, high}}

export const bandsFor = (outcome) => (bands?.outcome === outcome ? bands.rows : null);
/** A changed scenario makes earlier bands wrong. */
export function forget() {
  bands = null;
  fill(find("job-result"));
}

/** The economies that move most, the one in focus first. */
function movers(answer, most) {
  const ranked = [...answer.economies].sort((a, b) => Math.abs(b[state.outcome] ?? 0) - Math.abs(a[state.outcome] ?? 0)).map((row) => row.code);
  return [...new Set([state.focus, ...ranked])].filter(Boolean).slice(0, most);
}

export function drawJobs(answer, redraw) {
  const kind = KINDS[state.outcome] ?? "real_income";
  const attribute = () => {
    const [code] = movers(answer(), 1);
    run("attribute", { ...asked(), outcome: `${kind} ${code}` }, (result) => showAttribution(result, code));
  };
  const uncertainty = () => {
    const { outcome } = state;
    const outcomes = movers(answer(), BANDS).map((code) => `${kind} ${code}`);
    run("uncertainty", { ...asked(), outcomes, draws: DRAWS }, (result) => showBands(result, outcome, redraw));
  };
  fill(find("jobs"),
    h("button", { type: "button", data: { key: "attribute" }, on: { click: attribute } }, t("jobs.attribute")),
    h("button", { type: "button", data: { key: "uncertainty" }, on: { click: uncertainty } }, t("jobs.uncertainty", { draws: DRAWS })),
    h("p", { class: "hint" }, t("jobs.hint")));
}

async function run(path, body, done) {
  await stop();
  const mine = (running = { id: null });
  fill(find("job-result"));
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

/** Each part's contribution as a bar with its number, then the server's own words. */
function showAttribution({ table, text }, code) {
  const size = Math.max(...table.map((row) => Math.abs(row.effect_pct ?? 0)), 0.001);
  const bar = (row) => {
    const mark = h("span", { class: `bar ${row.effect_pct < 0 ? "loss" : "gain"}` });
    mark.style.width = `${((100 * Math.abs(row.effect_pct ?? 0)) / size).toFixed(2)}%`;
    return h("li", { class: "bar-row wide" }, h("span", {}, row.part), h("span", { class: "bar-space", "aria-hidden": "true" }, mark), h("span", { class: "bar-value" }, signed(row.effect_pct, 3)));
  };
  fill(find("job-result"), h("h4", {}, t("jobs.attribution_title", { outcome: t(`outcomes.${state.outcome}`), country: countryName(code) })), h("ol", { class: "bar-list" }, table.filter((row) => row.part !== "(not attributed)" || Math.abs(row.effect_pct) >= 0.0005).map(bar)), h("p", { class: "about" }, text));
}

function showBands({ table, drivers = [], text }, outcome, redraw) {
  const rows = table.map((row) => ({ code: row.outcome.split(" ").at(-1), name: row.outcome, low: row.low_pct, middle: row.median_pct, high: row.high_pct }));
  bands = { outcome, rows: new Map(rows.map((row) => [row.code, row])) };
  const column = (key) => ({ key, title: t(`jobs.${key}`), kind: "number", value: (row) => row[key], show: shown });
  const name = { key: "code", title: t("booking.economy"), kind: "name", value: (row) => countryName(row.code), show: (_, row) => countryButton(row.code, { where: "job" }) };
  const first = drivers.filter((row) => row.outcome === rows[0]?.name && Number.isFinite(row.total));
  fill(find("job-result"), h("h4", {}, t("jobs.bands_title", { outcome: t(`outcomes.${outcome}`) })),
    sortable([name, ...["low", "middle", "high"].map(column)], rows, { sort: "middle", ascending: true, most: BANDS, label: t("jobs.bands_title", { outcome: t(`outcomes.${outcome}`) }) }),
    h("p", { class: "hint" }, t("jobs.bands_hint")), h("p", { class: "about" }, text),
    first.length > 0 && h("dl", { class: "facts" }, h("dt", {}, t("jobs.drivers", { country: countryName(rows[0].code) })), h("dd", {}, first.slice(0, 5).map((row) => `${readable(row.assumption)} ${percent(row.total, 0)}`).join(" · "))));
  redraw();
}
