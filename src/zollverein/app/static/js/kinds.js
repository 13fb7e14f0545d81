// The measure kinds as the forms use them, whichever of the allowed shapes the server sends.
import { readable, titled } from "./text.js";

const listed = (value, name) =>
  Array.isArray(value) ? value : Object.entries(value ?? {}).map(([key, rest]) => ({ [name]: key, ...(typeof rest === "object" ? rest : { description: rest }) }));

const COUNTRIES = "countries";

function keyOf(key) {
  const of = key.of ?? (key.type === "names" ? (key.name === "sectors" ? "sectors" : COUNTRIES) : undefined);
  const label = titled(`keys.${key.name}`, key.label ?? key.title ?? readable(key.name));
  return { ...key, of, label, hint: key.hint ?? key.description ?? "", percent: isPercent(key) };
}

/** Whether a number is shown as percent: its unit says so, or its hint explains 0.25 as 25 %. */
function isPercent(key) {
  if (key.type !== "number") return false;
  if (key.unit !== undefined) return /percent|%/.test(key.unit);
  return /0\.\d+ (means|is) \d+ (%|percent)/.test(key.hint ?? "") || /0\.\d+ is a third/.test(key.hint ?? "");
}

/** Kinds as a list, each with its keys as a list; choices as lists of value, title, description. */
export function normalised({ kinds = [], choices = {} }) {
  const read = listed(kinds, "kind").map((kind) => ({
    one_of: [],
    some_of: [],
    ...kind,
    title: titled(`kinds.${kind.kind}`, kind.title ?? kind.kind),
    description: kind.description ?? kind.doc ?? "",
    keys: listed(kind.keys, "name").map(keyOf).filter((key) => key.name !== "kind"),
  }));
  const options = Object.fromEntries(
    Object.entries(choices).map(([name, list]) => [
      name,
      listed(list, "value").map((entry) => (typeof entry === "string" ? { value: entry, title: readable(entry) } : { ...entry, title: entry.title ?? readable(entry.value) })),
    ]),
  );
  return { kinds: read, choices: options };
}

/** The number a card shows first: the one of the alternatives that is given, else the first number. */
export function mainKey(kind, measure) {
  const numbers = kind.keys.filter((key) => key.type === "number");
  const first = [...kind.one_of, ...kind.some_of].find((name) => measure[name] !== undefined && measure[name] !== null);
  return numbers.find((key) => key.name === first) ?? numbers.find((key) => key.required) ?? numbers[0];
}

/** A new measure of a kind with small, plain values. */
export function blank(kind) {
  const measure = { kind: kind.kind };
  for (const key of kind.keys) {
    if (key.required && key.type === "names") measure[key.name] = key.of === "sectors" ? "goods" : "";
    if (key.required && key.type === "number") measure[key.name] = starting(key);
  }
  const chosen = kind.one_of.find((name) => name === "add") ?? kind.one_of[0] ?? kind.some_of[0];
  const key = kind.keys.find((candidate) => candidate.name === chosen);
  if (key && measure[chosen] === undefined) measure[chosen] = starting(key);
  return measure;
}

const starting = (key) => (key.name === "cap" ? 0.8 : key.name === "scale" ? 1 : Math.min(key.max ?? 1, key.max > 1000 ? 1000 : 0.1));

/** The range a slider moves in: what is usual, stretched to hold the value. */
export function sliderRange(key, value) {
  const low = Math.max(key.min ?? 0, -0.5);
  const step = key.percent ? 0.005 : (key.step ?? 0.01);
  if ((key.max ?? 1) > 1000) return null;
  const tops = key.percent ? [0.5, 1, 2, 5, 10] : [1, 2, 5, 10, 20, 50, 100];
  const size = Math.abs(value ?? 0);
  const fits = key.max <= 1 ? key.max : Math.min(key.max ?? 1, tops.find((top) => top >= size) ?? size);
  return { min: value < low ? -fits : low, max: fits, step };
}
