// Where a document names a group of its own: to say who uses it, and to follow a new name.
import { measureName } from "./document.js";
import { known } from "./state.js";

/** The two kinds of groups, as the document calls them, and what their members are. */
export const AXES = { blocs: "countries", sectors: "sectors" };
const TABLES = ["trade_elasticity", "scale"]; // by sector
const WORDS = ["kind", "name", "note", "title"]; // of a question: no names of groups

/** Every place that may name groups of an axis: {user, holder, key}; holder[key] is a name, a list or a table. */
function places(doc, axis) {
  const of = AXES[axis];
  const groups = Object.keys(doc[axis] ?? {}).map((key) => ({ user: key, holder: doc[axis], key }));
  const inside = (measure, user) => (known.kinds.find((kind) => kind.kind === measure.kind)?.keys ?? [])
    .filter((key) => (key.type === "names" && key.of === of) || (key.type === "table" && of === "countries"))
    .map((key) => ({ user, holder: measure, key: key.name }));
  const asked = (question, user) => Object.keys(question)
    .filter((key) => !WORDS.includes(key) && key.startsWith("sector") === (of === "sectors"))
    .map((key) => ({ user, holder: question, key }));
  return [
    ...groups,
    ...(doc.measures ?? []).flatMap((measure, i) => inside(measure, measureName(measure, i))),
    ...(doc.programmes ?? []).flatMap((programme) => (programme.measures ?? []).flatMap((measure) => inside(measure, programme.name))),
    ...(doc.questions ?? []).flatMap((question, i) => asked(question, question.name ?? `${question.kind ?? "question"} ${i + 1}`)),
    ...(of === "sectors" ? TABLES.map((key) => ({ user: key, holder: doc, key })) : []),
  ];
}

const table = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function holds(value, name) {
  if (Array.isArray(value)) return value.includes(name);
  return table(value) ? Object.hasOwn(value, name) : value === name;
}

const entryRenamed = (entries, from, to) => Object.fromEntries(Object.entries(entries).map(([key, value]) => [key === from ? to : key, value]));

function swapped(value, from, to) {
  if (Array.isArray(value)) return value.map((one) => (one === from ? to : one));
  if (table(value)) return entryRenamed(value, from, to);
  return value === from ? to : value;
}

/** Names of measures, programmes, groups and questions that use a group; each once. */
export function users(doc, axis, name) {
  const found = places(doc, axis).filter(({ user, holder, key }) => !(holder === doc[axis] && user === name) && holds(holder[key], name));
  return [...new Set(found.map(({ user }) => user))];
}

/** Give a group of `doc` (which is changed) another name; whatever uses it follows, its place in the file stays. */
export function rename(doc, axis, from, to) {
  for (const { holder, key } of places(doc, axis)) if (holds(holder[key], from)) holder[key] = swapped(holder[key], from, to);
  doc[axis] = entryRenamed(doc[axis], from, to);
}
