// The scenario document: its parts, and how much of each applies.

/** Years that a document may name. */
export const FIRST_YEAR = 1800;
export const LAST_YEAR = 2200;

export const measureName = (measure, index) => measure.name || `measure ${index + 1} (${measure.kind})`;

/** Every part with its place: measures outside of programmes, and programmes. */
export function parts(doc) {
  const plain = (doc.measures ?? []).map((measure, i) => ({ name: measureName(measure, i), index: i }));
  const grouped = (doc.programmes ?? []).map((programme, i) => ({ name: programme.name, programme: i }));
  return [...plain, ...grouped];
}

/** How much of a programme applies by its own dates. */
function phased(programme, year) {
  if (year === undefined || year === null || programme.start === undefined) return 1;
  return Math.min(1, Math.max(0, (year - programme.start + 1) / (programme.phase_in ?? 1)));
}

/** How much of a part applies: what is set on the page, else what its dates say. */
export function strengthOf(doc, strengths, part) {
  if (strengths[part.name] !== undefined) return strengths[part.name];
  return part.programme === undefined ? 1 : phased(doc.programmes[part.programme], doc.year);
}

/** Only strengths of parts that exist: a removed part takes its own away. */
export function living(doc, strengths) {
  const names = new Set(parts(doc).map((part) => part.name));
  return Object.fromEntries(Object.entries(strengths).filter(([name]) => names.has(name)));
}

/** Strengths after an edit: a part keeps its own under a new name, unless the name is another's as well. */
export function carried(before, after, strengths) {
  const [old, now] = [parts(before), parts(after)];
  const kept = living(after, strengths);
  if (old.length !== now.length) return kept;
  now.forEach(({ name }, i) => {
    const size = strengths[old[i].name];
    const alone = now.filter((part) => part.name === name).length === 1;
    if (name !== old[i].name && size !== undefined && alone) kept[name] = size;
  });
  return kept;
}

/** A measure whose countries are still to be chosen. */
export const unfinished = (measure) => Object.values(measure).includes("");

/** A size as one number: of a distribution its central value, with which the server solves. */
export const central = (size) => (typeof size === "object" && size !== null ? size.mode ?? size.value : size);

/** Groups that have members; nothing where none has. */
function filled(groups) {
  const found = Object.entries(groups).filter(([, members]) => members.length);
  return found.length ? Object.fromEntries(found) : undefined;
}

/** The document without measures and groups that are not finished: what is asked, linked and saved. */
export function complete(given) {
  const doc = { ...given };
  for (const axis of ["blocs", "sectors"]) if (doc[axis]) doc[axis] = filled(doc[axis]);
  const finished = (list) => list?.filter((measure) => !unfinished(measure));
  if (![...(doc.measures ?? []), ...(doc.programmes ?? []).flatMap((one) => one.measures ?? [])].some(unfinished)) return doc;
  return {
    ...doc,
    ...(doc.measures && { measures: finished(doc.measures) }),
    ...(doc.programmes && { programmes: doc.programmes.map((one) => ({ ...one, ...(one.measures && { measures: finished(one.measures) }) })) }),
  };
}
