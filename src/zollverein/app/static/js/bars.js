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

/** How far a bar and its whiskers go. */
export const reach = (value, band) => Math.max(...[value, band?.low ?? 0, band?.high ?? 0].map(Math.abs));

/** The ranked list, both sides on the same scale; `bands` maps codes to {low, high}, drawn as whiskers and written. */
export function drawBars(node, found, bands = null) {
  const { losers, winners } = ranked(found);
  const size = Math.max(...[...losers, ...winners].map(([code, value]) => reach(value, bands?.get(code))), 0.01);
  fill(node, part("bars.losers", losers, size, bands), part("bars.winners", winners, size, bands), bands && h("p", { class: "hint bands-say" }, t("bars.bands")));
}

function part(title, list, size, bands) {
  return h("div", { class: "bars" }, h("h4", {}, t(title)),
    list.length ? h("ol", { class: "bar-list" }, list.map(([code, value]) => row(code, value, size, bands?.get(code)))) : h("p", { class: "hint" }, t("bars.none")));
}

function row(code, value, size, band) {
  return h("li", { class: "bar-row" }, countryButton(code, { where: "bar" }), strip(value, size, band), written(value, band));
}

/** A bar from zero at the left, whatever its sign, and whiskers at the ends of its band {low, high}. */
export function strip(value, size, band = null) {
  const bar = h("span", { class: `bar ${value < 0 ? "loss" : "gain"}` });
  bar.style.width = `${Math.max(0.6, (100 * Math.abs(value)) / size).toFixed(2)}%`;
  const marks = band && h("span", { class: "band" });
  if (marks) {
    const ends = [band.low, band.high].map((end) => Math.min(100, (100 * Math.max(0, Math.sign(value) * end)) / size)).sort((a, b) => a - b);
    marks.style.left = `${ends[0]}%`;
    marks.style.width = `${Math.max(0.5, ends[1] - ends[0])}%`;
  }
  return h("span", { class: "bar-space", "aria-hidden": "true" }, bar, marks);
}

/** The value beside its bar, and its band in small. */
export function written(value, band = null, show = shown) {
  const between = band && h("span", { class: "between", "aria-label": t("bars.band", { low: show(band.low), high: show(band.high) }) }, `${show(band.low)} … ${show(band.high)}`);
  return h("span", { class: "bar-value" }, show(value), between);
}
