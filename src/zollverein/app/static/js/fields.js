// The fields of a form, each from one key of a measure kind.
import { central } from "./document.js";
import { fresh, h } from "./dom.js";
import { tidy } from "./format.js";
import { sliderRange } from "./kinds.js";
import { picker } from "./picker.js";
import { world } from "./state.js";
import { t } from "./text.js";

/** The field of a key; `changed(value, {dragging})`; undefined takes the key out of the document. */
export function field(key, value, changed, path) {
  if (key.type === "names") return picker({ title: key.label, of: key.of, value: value ?? key.default, changed, key: path });
  if (key.type === "bool") return tick(key, value ?? key.default ?? false, changed, path);
  if (key.type === "choice") return choice(key, value, changed, path);
  if (key.type === "number") return number(key, value, changed, path);
  if (key.type === "table") return table(key, value, changed, path);
  return words(key, value, changed, path);
}

/** A slider and the exact number beside it. */
export function number(key, value, changed, path) {
  const unit = key.percent ? 100 : 1;
  const given = value ?? key.default;
  const shown = central(given);
  const range = sliderRange(key, shown, path);
  const id = fresh("number");
  const exact = h("input", {
    id, type: "number", class: "exact", step: "any", inputmode: "decimal", data: { key: `${path}:exact` },
    value: shown === undefined || shown === null ? "" : tidy(shown * unit),
    min: key.min === undefined ? undefined : tidy(key.min * unit), max: key.max === undefined ? undefined : tidy(key.max * unit),
    on: { change: () => { if (exact.value === "" || exact.checkValidity()) told(exact.value === "" ? undefined : Number(tidy(exact.value / unit)), false); else exact.reportValidity(); } },
  });
  const slide = range && h("input", {
    type: "range", min: range.min, max: range.max, step: range.step, data: { key: path },
    "aria-label": key.label, "aria-valuetext": valueText(shown, key),
    on: { input: () => move(true), change: () => move(false) },
  });
  if (slide) slide.value = shown ?? range.min;
  return h("div", { class: "number" },
    h("label", { for: id, class: "field-label", title: key.hint }, key.label, /currency of the world/.test(key.hint ?? "") && `, ${world().currency}`),
    h("div", { class: "number-row" }, slide, h("span", { class: "exact-box" }, exact, key.percent && h("span", { class: "unit", "aria-hidden": "true" }, "%"))),
    given !== shown && h("p", { class: "hint" }, unsure(given, key)));

  function move(dragging) {
    const size = Number(tidy(slide.value));
    exact.value = tidy(size * unit);
    slide.setAttribute("aria-valuetext", valueText(size, key));
    changed(size, dragging ? { dragging } : { released: true });
  }
  function told(size) {
    if (slide && size !== undefined) slide.value = size;
    changed(size, { dragging: false });
  }
}

const valueText = (size, key) => (size === undefined || size === null ? t("fields.none") : key.percent ? t("fields.percent", { size: tidy(100 * size) }) : tidy(size));

/** In words what a distribution holds. */
function unsure({ low, high, standard_error: error }, key) {
  const [from, to, off] = [low, high, error].map((size) => valueText(size, key));
  return error === undefined ? t("fields.triangular", { from, to }) : t("fields.normal", { off });
}

function tick(key, value, changed, path) {
  const id = fresh("tick");
  const box = h("input", { id, type: "checkbox", checked: value, data: { key: path }, on: { change: () => changed(box.checked === (key.default ?? false) ? undefined : box.checked) } });
  return h("div", { class: "tick" }, box, h("label", { for: id }, key.label));
}

function choice(key, value, changed, path) {
  const id = fresh("choice");
  const items = key.choices;
  const pick = h("select", { id, data: { key: path }, value: value ?? key.default ?? "", on: { change: () => changed(pick.value === key.default ? undefined : pick.value) } },
    key.default === null && h("option", { value: "" }, t("fields.none")),
    items.map((item) => h("option", { value: item.value }, item.title)));
  return h("div", { class: "choice" }, h("label", { for: id, class: "field-label" }, key.label), pick);
}

function words(key, value, changed, path) {
  const id = fresh("words");
  const input = h("input", { id, type: "text", maxlength: 500, data: { key: path }, value: value ?? "", on: { change: () => changed(input.value || undefined) } });
  return h("div", { class: "words" }, h("label", { for: id, class: "field-label" }, key.label), input);
}

/** A table of numbers by country, or the name of one, as lines "RUS 0.85". */
function table(key, value, changed, path) {
  const id = fresh("table");
  const text = typeof value === "string" ? value : Object.entries(value ?? {}).map(([name, size]) => `${name} ${size}`).join("\n");
  const area = h("textarea", { id, rows: 3, spellcheck: "false", data: { key: path }, value: text, on: { change: () => changed(parsed(area.value)) } });
  return h("div", { class: "words" }, h("label", { for: id, class: "field-label" }, key.label), area, h("p", { class: "hint" }, t("fields.table_hint")));
}

function parsed(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  if (!lines.length) return undefined;
  const pairs = lines.map((line) => line.match(/^(.+?)[\s=:]+(\S+)$/) ?? [line, line]); // names may have spaces
  if (pairs.length === 1 && pairs[0].length === 2) return lines[0];
  return Object.fromEntries(pairs.map(([, name, size]) => [name, Number(size)]));
}
