// The measure kinds as the forms use them.
import { world } from "./state.js";
import { titled } from "./text.js";

// A hint such as "0.25 means 25 %": the number is shown as percent.
const PERCENT = /0\.\d+ (means|is) \d+ (%|percent)|0\.33 is a third/;

function keyOf(key) {
  const percent = key.type === "number" && PERCENT.test(key.hint ?? "");
  return { ...key, name: key.key, label: titled(`keys.${key.key}`, key.label), percent, choices: key.choices?.map((entry) => option("words", entry)) };
}

/** A choice with its title: from the texts, else its own word made readable. */
const option = (where, { value, says = "" }) => ({ value, title: titled(`choices.${where}.${value}`, value), description: says });

/** Kinds with their keys and choices with their titles, from what the server tells. */
export function normalised({ kinds, choices, elasticity_sets: sets = [], numbers = [] }) {
  return {
    kinds: kinds.map((kind) => ({ ...kind, title: titled(`kinds.${kind.kind}`, kind.title), description: kind.says, keys: kind.keys.map(keyOf) })),
    choices: {
      ...Object.fromEntries(Object.entries(choices).map(([name, list]) => [name, list.map((entry) => option(name, entry))])),
      trade_elasticity: sets.map(({ value, says }) => ({ value, title: value, description: says })),
    },
    numbers: numbers.map(keyOf),
  };
}

/** The number a card shows first: the one of the alternatives that is given, else the first number. */
export function mainKey(kind, measure) {
  const numbers = kind.keys.filter((key) => key.type === "number");
  const first = [...kind.one_of, ...kind.some_of].find((name) => measure[name] !== undefined && measure[name] !== null);
  return numbers.find((key) => key.name === first) ?? numbers.find((key) => key.required) ?? numbers[0];
}

/** A new measure of a kind with small, plain values and a name that no other part has. */
export function blank(kind, taken = []) {
  const measure = { kind: kind.kind, name: kind.title };
  for (let i = 2; taken.includes(measure.name); i += 1) measure.name = `${kind.title} ${i}`;
  for (const key of kind.keys) {
    const choose = key.required || (kind.kind === "embargo" && key.name === "importers"); // not of everyone
    if (key.of === "sectors") Object.assign(measure, sectorsOf(key));
    else if (choose && key.type === "names") measure[key.name] = "";
    if (key.required && key.type === "number") measure[key.name] = starting(key);
  }
  const chosen = kind.one_of.find((name) => name === "add") ?? kind.one_of[0] ?? kind.some_of[0];
  const key = kind.keys.find((candidate) => candidate.name === chosen);
  if (key && measure[chosen] === undefined) measure[chosen] = starting(key);
  return measure;
}

/** Goods where they are meant, all sectors in a world that does not say what goods are; what is meant anyway is left out. */
function sectorsOf({ name, required, default: usual }) {
  const wanted = required ? "goods" : usual;
  const known = wanted !== "goods" || world().sectors.some(({ group }) => group === wanted);
  if (known) return required ? { [name]: wanted } : {};
  return { [name]: "all" };
}

const starting = (key) => (key.name === "cap" ? 0.8 : key.name === "scale" ? 1 : Math.min(key.max ?? 1, key.max > 1000 ? 1000 : 0.1));

const TOPS = [0.02, 0.1, 0.5, 1, 2, 5, 10, 20, 50, 100];
const ranges = new Map(); // by path: a slider keeps its range while the hand uses it

/** Another document: every slider may choose its range anew. */
export const forgetRanges = () => ranges.clear();

/** The range a slider moves in: fit for the value at first sight, stretched when it no longer holds it. */
export function sliderRange(key, value, path) {
  if (!key.slider) return null;
  const size = value ?? 0;
  const known = ranges.get(path);
  if (known && known.min <= size && size <= known.max) return known;
  const range = key.percent && !key.whole ? fine(key, size) : { min: Math.min(key.slider[0], size), max: Math.max(key.slider[1], size), step: key.step ?? 0.01 };
  ranges.set(path, range);
  return range;
}

/** Percent: small values get a small range, so that each step matters. */
function fine(key, size) {
  const most = Math.min(key.max, key.max > 1 ? Infinity : key.slider[1]);
  const small = size > 0 && key.max > 1;
  const top = key.max <= 1 ? most : TOPS.find((end) => (end < 0.5 ? small && size <= 0.4 * end : Math.abs(size) <= end)) ?? key.max;
  return { min: key.min < 0 ? Math.max(key.min, Math.min(-0.5, -top)) : key.min, max: Math.min(top, most), step: top / 100 };
}
