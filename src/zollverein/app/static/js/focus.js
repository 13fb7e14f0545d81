// Everything about the country in focus: its numbers, sectors, partners, who supplies it instead.
import { countryButton } from "./bars.js";
import { accountsOf } from "./booking.js";
import { fill, find, h } from "./dom.js";
import { change as shown, percent } from "./format.js";
import { amount, moneyTone, moneyUnit, moved as changed, noticeable } from "./money.js";
import { countryLabel } from "./names.js";
import { change, countryName, state, world } from "./state.js";
import { sortable } from "./table.js";
import { has, t } from "./text.js";

export const OUTCOMES = ["real_income_pct", "real_wage_pct", "exports_pct", "imports_pct", "terms_of_trade_pct", "price_index_pct"];
const tone = (value) => (value > 0.005 ? " up" : value < -0.005 ? " down" : "");

/** The heading and the numbers; also while a slider moves. */
export function drawFocusHead(answer) {
  const row = answer?.economies.find((economy) => economy.code === state.focus);
  const pick = h("select", { id: "focus-pick", data: { key: "focus" }, on: { change: () => change({ focus: pick.value || null }, "focus") } },
    h("option", { value: "" }, t("focus.choose")), world().countries.map((country) => h("option", { value: country.code }, country.name === country.code ? country.name : `${country.name} (${country.code})`)));
  pick.value = state.focus ?? "";
  fill(find("focus-head"),
    h("div", { class: "section-head" }, h("h3", {}, row ? countryLabel(row.code) : t("focus.title")), h("label", { for: "focus-pick", class: "hidden" }, t("focus.choose")), pick),
    row && h("dl", { class: "tiles" }, OUTCOMES.filter((name) => row[name] !== undefined).map((name) => h("div", { class: "tile" },
      h("dt", {}, t(`outcomes.${name}`)), h("dd", { class: name === "price_index_pct" ? null : tone(row[name]) }, shown(row[name]), h("span", { class: "unit" }, " %"))))),
    !row && h("p", { class: "hint" }, t("focus.hint")));
}

/** Sectors and partners; they come with a full answer only. */
export function drawFocus(answer) {
  const focus = answer?.focus;
  if (!focus || focus.code !== state.focus) return fill(find("focus"));
  const accounts = accountsOf(answer.booking, focus.code);
  fill(find("focus"),
    focus.role_text && h("p", { class: "role" }, focus.role_text),
    h("div", { class: "columns" },
      h("div", {}, h("h4", {}, t("focus.sectors")), sectors(focus), accounts && [h("h4", {}, t("booking.accounts", { unit: moneyUnit() })), accounts]),
      h("div", {}, h("h4", {}, t("focus.partners")), partners(focus), diversion(focus))));
}

function sectors(focus) {
  const column = (key) => ({ key, title: t(`focus.${key}`), kind: "number", value: (row) => row[key], show: shown, tone: key === "price_pct" ? undefined : tone });
  const share = (row) => 100 * (row.domestic_share_after - row.domestic_share_before);
  return sortable([
    { key: "title", title: t("focus.sector"), kind: "name", value: (row) => row.title, show: (value, row) => h("span", { title: row.code }, value) },
    column("output_pct"), column("employment_pct"), column("price_pct"),
    { key: "share", title: t("focus.share"), kind: "number", value: share, show: (value, row) => h("span", { title: t("focus.share_title", { before: percent(row.domestic_share_before), after: percent(row.domestic_share_after) }) }, shown(value)), tone },
  ], focus.sectors, { sort: "output_pct", most: 12, label: t("focus.sectors") });
}

function partners(focus) {
  const moved = (row) => Math.abs(row.exports_after - row.exports_before) + Math.abs(row.imports_after - row.imports_before);
  const side = (key) => ({
    key, title: t(`focus.${key}`), kind: "number", value: (row) => row[`${key}_after`] - row[`${key}_before`], tone: moneyTone,
    show: (value, row) => h("span", { title: t("focus.change_title", { change: shown(row[`${key}_before`] ? 100 * (row[`${key}_after`] / row[`${key}_before`] - 1) : NaN) }) }, h("span", { class: "quiet-text" }, amount(row[`${key}_before`], 1), " → "), amount(row[`${key}_after`], 1)),
  });
  const list = [...focus.partners].sort((a, b) => moved(b) - moved(a));
  return h("div", {}, sortable([
    { key: "code", title: t("focus.partner"), kind: "name", value: (row) => countryName(row.code), show: (_, row) => countryButton(row.code, { where: "partner" }) },
    side("exports"), side("imports"),
    { key: "moved", title: t("focus.moved"), kind: "number", value: moved, show: (value) => amount(value, 1) },
  ], list, { sort: "moved", most: 12, label: t("focus.partners") }), h("p", { class: "hint" }, t("focus.unit", { unit: moneyUnit() })));
}

/** Who supplies instead of whom, and Viner's totals. */
function diversion(focus) {
  const totals = Object.entries(focus.creation ?? {}).filter(([key, value]) => has(`creation.${key}`) && noticeable(value, 0.5));
  const moved = (focus.diversion ?? []).filter((row) => noticeable(row.switching, 0.5)).sort((a, b) => b.switching - a.switching);
  if (!totals.length && !moved.length) return null;
  const name = (row) => (row.code === focus.code ? t("focus.home") : countryName(row.code));
  const listed = (rows, title) => rows.length > 0 && [h("dt", {}, t(title)), h("dd", {}, rows.slice(0, 5).map((row, i) => [i > 0 && " · ", h("bdi", {}, name(row)), ` ${changed(row.switching, 1)}`]))];
  return h("div", {}, h("h4", {}, t("focus.diversion", { unit: moneyUnit() })),
    h("dl", { class: "facts" },
      listed(moved.filter((row) => row.switching > 0), "focus.gain_sales"),
      listed(moved.filter((row) => row.switching < 0).reverse(), "focus.lose_sales"),
      totals.map(([key, value]) => [h("dt", {}, t(`creation.${key}`)), h("dd", {}, changed(value, 1))])));
}
