// Where a document names a group of its own: to say who uses it, and to follow a new name.
import { measureName } from "./document.js";

/** The two kinds of groups, as the document calls them, and what their members are. */
export const AXES = { blocs: "countries", sectors: "sectors" };
// Keys that hold names, and keys of tables by name; at any depth, in measures, questions and cases alike.
const NAMES = {
  countries: ["against", "countries", "country", "exporters", "holders", "importers", "members", "partners", "payers", "players", "receivers", "sender", "target"],
  sectors: ["sectors"],
};
const TABLES = { countries: ["keys", "people"], sectors: ["elasticity_spread", "scale", "trade_elasticity"] };
const OUTCOMES = ["outcome", "outcomes"]; // "real_income A+B", "output A sector sector": a kind, countries, sectors

/** A value with each name in it swapped; `names`: {of, own, swap}, own: whether a text as a whole is a group. */
function follow(value, key, names) {
  if (Array.isArray(value)) return value.map((one) => follow(one, key, names));
  if (typeof value === "object" && value !== null) {
    const byName = TABLES[names.of].includes(key);
    return Object.fromEntries(Object.entries(value).map(([inner, one]) => [byName ? names.swap(inner) : inner, follow(one, inner, names)]));
  }
  if (typeof value !== "string") return value;
  if (OUTCOMES.includes(key)) return outcome(value, names);
  return NAMES[names.of].includes(key) ? sum(value, names) : value;
}

/** A name, or several joined by a plus. */
const sum = (text, { own, swap }) => (own(text) ? swap(text) : text.split("+").map((name) => name.replace(name.trim(), swap)).join("+"));

// A name in quotes, a word, or a sign that joins names, as the server reads them.
const TOKEN = /(["'])(.+?)\1(?=[\s,+]|$)|[^\s,+]+|\+/g;

/** The second name and those that a plus joins to it are countries, later ones sectors; a name keeps its quotes. */
function outcome(text, { of, own, swap }) {
  const [kind, ...rest] = text.trim().split(/\s+/);
  if (own(rest.join(" "))) return `${kind} ${swap(rest.join(" "))}`;
  let [place, joined] = [0, false];
  return text.replace(TOKEN, (token, sign, inner) => {
    if (token === "+") {
      joined = true;
      return token;
    }
    place += joined ? 0 : 1;
    joined = false;
    if (place < 2 || (place === 2) !== (of === "countries")) return token;
    return sign ? sign + swap(inner) + sign : swap(token);
  });
}

const reader = (doc, axis, swap) => ({ of: AXES[axis], own: (text) => Object.hasOwn(doc[axis] ?? {}, text), swap: (name) => swap(name) });
const groups = (doc, axis) => Object.entries(doc[axis] ?? {});

/** Everything that may name groups of an axis: [user, value, its key]. */
function places(doc, axis) {
  return [
    ...groups(doc, axis).map(([name, members]) => [name, members, AXES[axis]]),
    ...(doc.measures ?? []).map((measure, i) => [measureName(measure, i), measure, "measures"]),
    ...(doc.programmes ?? []).map((programme) => [programme.name, programme, "programmes"]),
    ...(doc.questions ?? []).map((question, i) => [question.name || `${question.kind ?? "question"} ${i + 1}`, question, "questions"]),
    ...(axis === "sectors" ? TABLES.sectors.map((key) => [key, doc[key], key]) : []),
  ];
}

/** Names of measures, programmes, groups and questions that use a group; each once. */
export function users(doc, axis, name) {
  const found = new Set();
  for (const [user, value, key] of places(doc, axis)) {
    follow(value, key, reader(doc, axis, (one) => {
      if (one === name && !(key === AXES[axis] && user === name)) found.add(user);
      return one;
    }));
  }
  return [...found];
}

/** The document with another name for a group; whatever uses it follows, its place in the file stays. */
export function renamed(doc, axis, from, to) {
  const names = reader(doc, axis, (name) => (name === from ? to : name));
  const own = (members) => follow(members, AXES[axis], names);
  const part = (key, value) => {
    if (key === axis) return Object.fromEntries(groups(doc, axis).map(([name, members]) => [names.swap(name), own(members)]));
    return Object.hasOwn(AXES, key) ? value : follow(value, key, names);
  };
  return Object.fromEntries(Object.entries(doc).map(([key, value]) => [key, part(key, value)]));
}

/** Whether a new name can be read again wherever the old one stands: spaces, commas and plus signs part the names of outcomes. */
export function readable(doc, axis, from, to) {
  return JSON.stringify(renamed(renamed(doc, axis, from, to), axis, to, from)) === JSON.stringify(doc);
}
