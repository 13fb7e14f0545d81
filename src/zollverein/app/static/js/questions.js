// Questions about policy itself: what a coalition can do to a target, and which duties are best for one economy.
import { countryButton } from "./bars.js";
import { fill, find, h } from "./dom.js";
import { field } from "./fields.js";
import { fold } from "./fold.js";
import { change as shown, plain, signed } from "./format.js";
import { run } from "./jobs.js";
import { asked } from "./live.js";
import { moneyUnit, moved } from "./money.js";
import { asList, label, options } from "./names.js";
import { picker } from "./picker.js";
import { world } from "./state.js";
import { sortable } from "./table.js";
import { t } from "./text.js";

const MOST = 12;
const chosen = { members: [], target: "", country: "", by: "uniform" }; // what the forms hold

/** The two forms; what they hold stays until it is changed. */
export function drawQuestions() {
  fill(find("questions"),
    fold("question:coalition", t("questions.coalition"), h("p", { class: "hint" }, t("questions.coalition_hint")), names("members", false), names("target", true), asker("coalition", coalition)),
    fold("question:optimal", t("questions.optimal"), h("p", { class: "hint" }, t("questions.optimal_hint")), names("country", true), by(), asker("optimal", optimal)));
}

const names = (key, single) => picker({ title: t(`questions.${key}`), of: "countries", value: chosen[key], key: `question:${key}`, single, changed: (value) => { chosen[key] = single ? value : asList(value); } });
const by = () => field({ name: "by", type: "choice", label: t("questions.by"), default: "uniform", choices: ["uniform", "partner", "sector"].map((value) => ({ value, title: t(`questions.by_${value}`) })) }, chosen.by, (value = "uniform") => { chosen.by = value; }, "question:by");

function asker(key, ask) {
  const said = h("p", { class: "problem", role: "alert" });
  const press = () => fill(said, ask() ? null : t("questions.incomplete"));
  return h("div", {}, h("button", { type: "button", data: { key: `question:${key}:ask` }, on: { click: press } }, t("questions.ask")), said);
}

function coalition() {
  const { members, target } = chosen;
  if (!members.length || !target) return false;
  run("coalition", { ...asked(), members, target }, (found) => {
    const column = (key) => ({ key, title: t(`questions.${key}`), kind: "number", value: (row) => row[key], show: (value) => plain(value, 2) });
    const transfer = { ...column("transfer"), title: t("questions.transfer", { unit: moneyUnit() }), show: (value) => moved(value, 2) };
    fill(find("job-result"), h("h4", {}, t("questions.coalition_title", { target: label(target, "countries"), loss: plain(found.loss_pct, 2) })),
      sortable([named("member"), ...["shapley_pct", "first_pct", "last_pct", "cost_pct"].map(column), transfer], found.members, { sort: "shapley_pct", label: t("questions.members") }),
      h("p", { class: "hint" }, t("questions.coalition_says", { unit: moneyUnit() })),
      effects(found.others, t("questions.others")), notes(found.notes));
  });
  return true;
}

function optimal() {
  const { country, by: how } = chosen;
  if (!country) return false;
  run("optimal", { ...asked(), country, by: how }, (found) => {
    const column = (key) => ({ key, title: t(`questions.${key}`), kind: "number", value: (row) => row[key], show: (value) => plain(value, 1) });
    fill(find("job-result"), h("h4", {}, t(found.is_maximum ? "questions.optimal_title" : "questions.optimal_unsure", { country: label(country, "countries"), gain: signed(found.gain_pct, 2) })),
      sortable([named("lever"), column("before_pct"), column("best_pct")], found.rates, { sort: "best_pct", most: MOST, label: t("questions.optimal") }),
      effects(found.effects, t("questions.effects")), notes(found.notes));
  });
  return true;
}

/** A name of the answer: a country can be looked at, a group, a sector or all is said. */
function named(key) {
  const title = (value) => (value === "all" ? t("names.all_countries") : ["countries", "sectors"].flatMap(options).find((one) => one.value === value && one.group === "one")?.title ?? label(value, "countries"));
  const show = (value, row) => (world().countries.some((one) => one.code === row[key]) ? countryButton(row[key], { where: "question" }) : value);
  return { key, title: t(`questions.${key}`), kind: "name", value: (row) => title(row[key]), show };
}

function effects(rows, title) {
  if (!rows.length) return null;
  return h("div", {}, h("h4", {}, title), sortable([named("country"), { key: "real_income_pct", title: t("outcomes.real_income_pct"), kind: "number", value: (row) => row.real_income_pct, show: shown }], rows,
    { sort: "real_income_pct", ascending: true, most: MOST, label: title }));
}

const notes = (list) => list.length > 0 && h("ul", { class: "plain-list" }, list.map((note) => h("li", {}, note)));
