import { carried } from "./document.js";

// The state of the page: the scenario document and how one looks at it. Nothing else is kept.
const listeners = new Set();

export const state = {
  doc: { name: "" }, // the scenario, as the server's to_dict gives it
  world: null, // its name
  focus: null, // code of the country in focus
  outcome: "real_income_pct", // what map and bars show
  strengths: {}, // by name of a part: how much of it applies, where that is not all of it
  pins: { a: null, b: null }, // {doc, strengths, answer}
  compare: false,
};

/** What the server told at the start; constant afterwards. */
export const known = { worlds: [], kinds: [], choices: {}, presets: [], numbers: [], shapes: {}, dots: {}, plane: {} };

export const world = () => known.worlds.find((w) => w.name === state.world) ?? known.worlds[0];
export const countryName = (code) => world()?.countries.find((c) => c.code === code)?.name ?? code;

const placed = ({ code }) => [known.shapes, known.dots].some((all) => Object.hasOwn(all, code));
/** Whether the map knows any economy of the world: their codes are those of ISO. */
export const hasMap = () => world().countries.some(placed);

/** Call `listener(what, how)` after each change; what: "doc", "focus", "outcome", "pins", "all". */
export const listen = (listener) => listeners.add(listener);

/** Change the state and tell; how.dragging: a slider is still moving. */
export function change(part, what, how = {}) {
  Object.assign(state, part);
  for (const listener of listeners) listener(what, how);
}

/** A changed copy of the document; a strength goes with its part, also under another name. */
export function edit(update, how = {}) {
  const doc = structuredClone(state.doc);
  update(doc);
  change({ doc, strengths: carried(state.doc, doc, state.strengths) }, "doc", { ...how, edited: true });
}
