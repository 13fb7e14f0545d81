// The policy panel: presets, programmes, measures, assumptions. It shows the document and edits it.
import { closeUp, drawn } from "./cards.js";
import { fill, find, fresh, h, opening } from "./dom.js";
import { FIRST_YEAR, LAST_YEAR, living, measureName, parts, strengthOf } from "./document.js";
import { adder, setStrength } from "./edits.js";
import { field } from "./fields.js";
import { fold } from "./fold.js";
import { groupsView } from "./groups.js";
import { blank, forgetRanges } from "./kinds.js";
import { measureCard } from "./measure.js";
import { programmeCard } from "./programme.js";
import { change, edit, known, state, world } from "./state.js";
import { t } from "./text.js";

const CHOICES = ["model", "closure", "horizon", "labour", "capital", "trade_elasticity", "on_no_supplier", "combine"];
const NUMBERS = ["capital_share", "value_added_elasticity", "input_elasticity", "final_elasticity"];
let problems = []; // places the server named

/** Draw the panel anew; not while a slider moves. */
export function drawPolicy() {
  const doc = state.doc;
  drawn(doc);
  fill(find("policy"),
    h("div", { class: "panel-head" }, h("h2", { class: "panel-title" }, t("policy.title"))),
    presets(),
    field({ name: "name", type: "text", label: t("policy.name") }, doc.name, (value) => edit((copy) => (copy.name = value ?? "")), "doc.name"),
    doc.description && h("p", { class: "about" }, doc.description),
    years(doc),
    programmes(doc), measures(doc), groupsView(wrong), assumptions(doc));
}

export function markProblems(places) {
  problems = places;
  drawPolicy();
}
const wrong = (path) => (problems.some((place) => [".", "["].some((sign) => `${place}.`.startsWith(path + sign))) ? t("policy.problem_here") : "");

function presets() {
  const id = fresh("preset");
  const pick = h("select", { id, data: { key: "preset" }, on: { keydown: opening, change: () => load(pick.value) } },
    h("option", { value: "" }, t("policy.preset_choose")),
    known.presets.map((preset) => h("option", { value: preset.id }, preset.name)),
    h("option", { value: "#empty" }, t("policy.preset_empty")));
  const now = known.presets.find((preset) => preset.name === state.doc.name);
  if (now) pick.value = now.id;
  return h("div", { class: "choice" }, h("label", { for: id, class: "field-label" }, t("policy.preset")), pick);
}

function load(id) {
  const preset = known.presets.find((one) => one.id === id);
  const doc = preset ? structuredClone(preset.scenario) : { name: t("policy.preset_empty"), world: state.world };
  if (id) change({ doc, strengths: {}, world: doc.world ?? state.world }, "doc");
}

/** The year up to which programmes have phased in, where any has dates. */
function years(doc) {
  const starts = (doc.programmes ?? []).filter((programme) => programme.start !== undefined);
  if (!starts.length) return null;
  const first = Math.max(FIRST_YEAR, Math.min(...starts.map((programme) => programme.start)) - 1);
  const last = Math.min(LAST_YEAR, Math.max(...starts.map((programme) => programme.start + (programme.phase_in ?? 1) - 1)));
  const key = { name: "year", label: t("policy.year"), hint: t("policy.year_hint"), type: "number", min: first, max: Math.max(last, doc.year ?? last), step: 1, default: last, whole: true };
  return h("div", { class: "years" }, yearSlider(key, doc.year));
}

function yearSlider(key, value) {
  const id = fresh("year");
  const out = h("output", { for: id, class: "year-now" }, value === undefined ? t("policy.year_all") : String(value));
  const slide = h("input", { id, type: "range", min: key.min, max: key.max, step: 1, data: { key: "year" }, on: { input: () => move(true), change: () => move(false) } });
  slide.value = value ?? key.max;
  function move(dragging) {
    out.textContent = slide.value;
    edit((copy) => (copy.year = Number(slide.value)), dragging ? { dragging } : { released: true });
  }
  return h("div", { class: "number" }, h("label", { for: id, class: "field-label" }, key.label), h("div", { class: "number-row" }, slide, out));
}

function programmes(doc) {
  const list = parts(doc).filter((part) => part.programme !== undefined);
  const card = (part) => programmeCard(doc.programmes[part.programme], part, { strength: strengthOf(doc, state.strengths, part), wrong });
  const area = (part) => doc.programmes[part.programme].area ?? "";
  const cards = list.map((part, i) => [area(part) && area(part) !== (i ? area(list[i - 1]) : "") && h("p", { class: "area" }, area(part)), card(part)]);
  return section("programmes", cards,
    h("button", { type: "button", class: "quiet", data: { key: "programmes:add" }, on: { click: addProgramme } }, t("policy.add_programme")));
}

function addProgramme() {
  const taken = parts(state.doc).map((part) => part.name);
  let number = (state.doc.programmes?.length ?? 0) + 1;
  while (taken.includes(t("policy.new_programme", { number }))) number += 1;
  edit((copy) => {
    copy.programmes = [...(copy.programmes ?? []), { name: t("policy.new_programme", { number }), measures: [] }];
  });
}

/** Take a measure out; strengths of later ones without a name go by their place and are let go. */
function removeMeasure(i) {
  const doc = structuredClone(state.doc);
  const places = (doc.measures ?? []).map(measureName).filter((name, j) => j >= i && !doc.measures[j].name);
  doc.measures.splice(i, 1);
  closeUp("measures", i);
  forgetRanges();
  const strengths = Object.fromEntries(Object.entries(state.strengths).filter(([name]) => !places.includes(name)));
  change({ doc, strengths: living(doc, strengths) }, "doc", { edited: true });
}

function measures(doc) {
  const list = (doc.measures ?? []).map((measure, i) => {
    const name = measureName(measure, i);
    const strength = strengthOf(doc, state.strengths, { name });
    return measureCard(measure, {
      path: `measures[${i}]`, name, strength, wrong: wrong(`measures[${i}]`),
      toggle: (on) => setStrength(name, on ? undefined : 0),
      update: (update, how) => edit((copy) => update(copy.measures[i]), how),
      remove: () => removeMeasure(i), next: "measures:add",
    });
  });
  return section("measures", list, adder("measures:add", (kind) => edit((copy) => (copy.measures = [...(copy.measures ?? []), blank(kind, parts(copy).map((part) => part.name))]))));
}

function section(name, list, add) {
  return h("section", { class: "group", "aria-label": t(`policy.${name}`) }, h("h3", {}, t(`policy.${name}`), h("span", { class: "count" }, String(list.filter(Boolean).length))), list, add);
}

function assumptions(doc) {
  const rows = CHOICES.filter((name) => known.choices[name]?.length).map((name) => {
    const now = known.choices[name].find((choice) => choice.value === doc[name]);
    const offered = known.choices[name].filter(({ value }) => name !== "trade_elasticity" || value === doc[name] || world().elasticity_sets.includes(value));
    const own = doc[name] !== undefined && !now ? [{ value: doc[name], title: typeof doc[name] === "object" ? t("policy.own_table") : String(doc[name]) }] : [];
    const key = { name, type: "choice", label: t(`assumptions.${name}`), default: null, choices: [...own, ...offered] };
    const box = field(key, doc[name] ?? "", (value) => edit((copy) => { if (value) copy[name] = value; else delete copy[name]; }), `doc.${name}`);
    return [box, now?.description && h("p", { class: "hint" }, now.description)];
  });
  const numbers = known.numbers.filter((key) => NUMBERS.includes(key.name)).map((key) => field(key, doc[key.name], (value, how) => edit((copy) => { if (value === undefined) delete copy[key.name]; else copy[key.name] = value; }, how), `doc.${key.name}`));
  return fold("assumptions", t("policy.assumptions"), rows, numbers);
}
