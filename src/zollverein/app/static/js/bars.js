// Ranked bars around a common zero, and bands where uncertainty is on.
import { fill, h } from "./dom.js";
import { change as shown } from "./format.js";
import { countryLabel } from "./names.js";
import { change, state } from "./state.js";
import { t } from "./text.js";

const MOST = 10;

/** A name that focuses on its country everywhere. */
export function countryButton(code, extra = {}) {
  return h("button", {
    type: "button", class: `country${code === state.focus ? " focused" : ""}`, "aria-pressed": String(code === state.focus),
    data: { code, key: `${extra.where ?? "c"}:${code}` }, on: { click: () => change({ focus: code }, "focus") },
  }, countryLabel(code));
}

/** Those that fall most and those that rise most, as [code, value], the largest first. */
export function ranked(found) {
  const order = [...found].filter(([, value]) => Number.isFinite(value) && Math.abs(value) >= 0.005).sort((a, b) => a[1] - b[1]);
  return { losers: order.filter(([, value]) => value < 0).slice(0, MOST), winners: order.filter(([, value]) => value > 0).slice(-MOST).reverse() };
}

/** The ranked list, both sides on the same scale; `bands` maps codes to {low, high}, drawn as whiskers and written. */
export function drawBars(node, found, bands = null) {
  const { losers, winners } = ranked(found);
  const reach = ([code, value]) => Math.max(Math.abs(value), ...[bands?.get(code)].flatMap((band) => (band ? [Math.abs(band.low), Math.abs(band.high)] : [])));
  const size = Math.max(...[...losers, ...winners].map(reach), 0.01);
  fill(node, part("bars.losers", losers, size, bands), part("bars.winners", winners, size, bands), bands && h("p", { class: "hint bands-say" }, t("bars.bands")));
}

function part(title, list, size, bands) {
  return h("div", { class: "bars" }, h("h4", {}, t(title)),
    list.length ? h("ol", { class: "bar-list" }, list.map(([code, value]) => row(code, value, size, bands?.get(code)))) : h("p", { class: "hint" }, t("bars.none")));
}

function row(code, value, size, band) {
  const bar = h("span", { class: `bar ${value < 0 ? "loss" : "gain"}` });
  bar.style.width = `${Math.max(0.6, (100 * Math.abs(value)) / size).toFixed(2)}%`;
  const marks = band && h("span", { class: "band" });
  if (marks) {
    const ends = [band.low, band.high].map((end) => Math.min(100, (100 * Math.max(0, Math.sign(value) * end)) / size)).sort((a, b) => a - b);
    marks.style.left = `${ends[0]}%`;
    marks.style.width = `${Math.max(0.5, ends[1] - ends[0])}%`;
  }
  return h("li", { class: "bar-row" }, countryButton(code, { where: "bar" }),
    h("span", { class: "bar-space", "aria-hidden": "true" }, bar, marks), h("span", { class: "bar-value" }, shown(value), band && h("span", { class: "between", "aria-label": t("bars.band", { low: shown(band.low), high: shown(band.high) }) }, `${shown(band.low)} … ${shown(band.high)}`)));
}
