// Edits that more than one card makes.
import { h, opening } from "./dom.js";
import { change, known, state } from "./state.js";
import { t } from "./text.js";

/** How much of a part applies; undefined is what the document says. */
export function setStrength(name, size, how = {}) {
  const strengths = { ...state.strengths };
  if (size === undefined) delete strengths[name];
  else strengths[name] = size;
  change({ strengths }, "doc", { ...how, edited: true });
}

/** A choice of kinds that adds one; `key` is its own on the page. */
export function adder(key, add) {
  const pick = h("select", { "aria-label": t("policy.add_measure"), class: "adder", data: { key }, on: { keydown: opening, change: () => pick.value && add(known.kinds.find((kind) => kind.kind === pick.value)) } },
    h("option", { value: "" }, t("policy.add_measure")),
    known.kinds.map((kind) => h("option", { value: kind.kind, title: kind.description }, kind.title)));
  return pick;
}

