// One measure as a card: a switch, its main slider, and the whole form behind "details".
import { isOpen, keepOpen } from "./cards.js";
import { central, unfinished } from "./document.js";
import { h } from "./dom.js";
import { field } from "./fields.js";
import { mainKey } from "./kinds.js";
import { asList, label } from "./names.js";
import { known } from "./state.js";
import { t } from "./text.js";

// Keys that have no meaning beside another one; the language refuses them together.
const NOT_WITH = { barrier: { add: ["level", "actionable"], remove: ["rent", "keeper"] } };

const kindOf = (measure) => known.kinds.find((kind) => kind.kind === measure.kind) ?? { kind: measure.kind, title: measure.kind, keys: [], one_of: [], some_of: [] };

/** In a few words who does what to whom. */
function gist(measure, kind) {
  const all = (name) => (measure[name] === "" ? "…" : t("names.all_countries")); // still to be chosen, or nobody in particular
  const who = (name) => asList(measure[name]).slice(0, 3).map((entry) => label(entry, name === "sectors" ? "sectors" : "countries")).join(", ") + (asList(measure[name]).length > 3 ? " …" : "");
  const flows = "exporters" in measure || "importers" in measure;
  const arrow = measure.both_directions ? "⇄" : "→";
  const countries = flows
    ? `${who("exporters") || all("exporters")} ${arrow} ${who("importers") || all("importers")}`
    : kind.keys.filter((key) => key.type === "names" && key.of === "countries" && measure[key.name]).map((key) => who(key.name)).join(" · ");
  return [countries || (unfinished(measure) ? "…" : t("names.all_countries")), measure.sectors && measure.sectors !== "all" ? who("sectors") : ""].filter(Boolean).join(" · ");
}

/** The card; `update(change, how)` edits this measure in the document. */
export function measureCard(measure, { path, name, toggle, strength = 1, update, remove, next, wrong = "" }) {
  const kind = kindOf(measure);
  const main = mainKey(kind, measure);
  const set = (key) => (value, how) => update((copy) => put(copy, kind, key, value), how);
  const details = h("details", { class: "form", open: isOpen(path) || unfinished(measure) },
    h("summary", { data: { key: `${path}:details` }, on: { click: () => keepOpen(path, !details.open) } }, t("measure.details")),
    h("p", { class: "hint" }, kind.description), alternatives(kind, measure, update, path), otherFields(kind, measure, main, set, path),
    h("button", { type: "button", class: "quiet small danger", data: { next }, on: { click: remove } }, t("measure.remove")));
  return h("article", { class: `card measure${strength === 0 ? " off" : ""}${wrong ? " wrong" : ""}`, data: { path } },
    h("header", { class: "card-head" },
      toggle && h("input", { type: "checkbox", role: "switch", class: "switch", checked: strength > 0, data: { key: `${path}:on` }, "aria-label": t("measure.apply", { name }), on: { change: (event) => toggle(event.target.checked) } }),
      h("div", { class: "card-title" }, h("h4", {}, measure.name || kind.title), h("p", { class: "gist" }, measure.name ? `${kind.title} · ` : "", gist(measure, kind)))),
    unfinished(measure) && h("p", { class: "hint" }, t("measure.unfinished")),
    main && field(main, measure[main.name], set(main), `${path}.${main.name}`),
    wrong && h("p", { class: "problem" }, wrong), details);
}

function otherFields(kind, measure, main, set, path) {
  const unused = kind.one_of.filter((name) => name !== main?.name && (measure[name] === undefined || measure[name] === null)).concat(NOT_WITH[kind.kind]?.[main?.name] ?? []);
  const order = { names: 0, number: 1, bool: 2, choice: 3, table: 4, text: 5 };
  return kind.keys
    .filter((key) => key !== main && !unused.includes(key.name))
    .sort((a, b) => (order[a.type] ?? 6) - (order[b.type] ?? 6))
    .map((key) => field(key, measure[key.name], set(key), `${path}.${key.name}`));
}

/** Which of the alternatives, such as set, add or scale, gives the size. */
function alternatives(kind, measure, update, path) {
  if (kind.one_of.length < 2) return null;
  const used = kind.one_of.find((name) => measure[name] !== undefined && measure[name] !== null);
  const key = { name: "how", label: t("measure.how"), type: "choice", choices: kind.one_of.map((name) => ({ value: name, title: kind.keys.find((one) => one.name === name)?.label ?? name })) };
  return field(key, used, (name) => update((copy) => {
    const size = central(copy[used]);
    for (const other of kind.one_of) delete copy[other];
    copy[name] = name === "scale" ? 1 : name === "amount" ? 1000 : Math.min(1, Math.max(0, size ?? 0.1));
  }), `${path}.how`);
}

function put(copy, kind, key, value) {
  if (value === undefined) {
    if (!kind.one_of.includes(key.name) && !key.required) delete copy[key.name];
  } else copy[key.name] = value;
}
