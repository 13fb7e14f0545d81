// Two pinned scenarios side by side: differences in the map, the bars and a table.
import { countryButton } from "./bars.js";
import { fill, find, h } from "./dom.js";
import { change as shown } from "./format.js";
import { change, countryName, state } from "./state.js";
import { sortable } from "./table.js";
import { t } from "./text.js";

const values = (answer, outcome) => new Map((answer?.economies ?? []).map((row) => [row.code, row[outcome]]));

/** What the map and the bars show: a result, or one result less another. */
export function shownValues(answer) {
  const pair = state.compare ? compared(answer) : null;
  if (!pair) return values(answer, state.outcome);
  const [a, b] = [values(pair.a.answer, state.outcome), values(pair.b.answer, state.outcome)];
  return new Map([...b].map(([code, value]) => [code, value - a.get(code)]));
}

/** The two that are compared: A with B, or with what is on screen where only one is pinned. */
export function compared(answer) {
  const { a, b } = state.pins;
  const now = answer && { doc: state.doc, answer, now: true };
  if (a && b) return { a, b };
  if (a && now) return { a, b: now };
  return null;
}

/** Whether the state on screen needs what a slider changes, or only the pins. */
export function drawCompare(answer) {
  const pair = compared(answer);
  fill(find("pins"),
    ["a", "b"].map((slot) => slotView(slot, answer)),
    h("button", { type: "button", class: "toggle", disabled: !pair, "aria-pressed": String(state.compare && Boolean(pair)), data: { key: "compare" }, on: { click: () => change({ compare: !state.compare }, "pins") } }, t("compare.show")));
  const node = find("compare");
  node.hidden = !(state.compare && pair);
  if (node.hidden) return fill(node);
  fill(node, h("h3", {}, t("compare.title")), h("p", { class: "about" }, t("compare.says", { a: named(pair.a), b: named(pair.b) })), table(pair));
}

const named = (pin) => (pin.now ? t("compare.on_screen") : pin.doc.name || t("compare.unnamed"));

function slotView(slot, answer) {
  const pin = state.pins[slot];
  const letter = slot.toUpperCase();
  const set = (value) => change({ pins: { ...state.pins, [slot]: value }, compare: value ? state.compare : false }, "pins");
  if (!pin) {
    const take = () => set({ ...answer.of, answer }); // what the numbers are about, also where the newest scenario has none
    return h("button", { type: "button", class: "pin", disabled: !answer, data: { key: `pin-${slot}` }, on: { click: take } }, h("span", { class: "letter", "aria-hidden": "true" }, letter), t("compare.pin", { letter }));
  }
  return h("span", { class: "pin set" },
    h("span", { class: "letter", "aria-hidden": "true" }, letter),
    h("button", { type: "button", class: "pin-name", title: t("compare.back", { name: pin.doc.name }), data: { key: `pin-${slot}` }, on: { click: () => change({ doc: structuredClone(pin.doc), strengths: { ...pin.strengths } }, "doc") } }, named(pin)),
    h("button", { type: "button", class: "pin-off", "aria-label": t("compare.unpin", { letter }), on: { click: () => set(null) } }, "×"));
}

function table(pair) {
  const [a, b] = [values(pair.a.answer, state.outcome), values(pair.b.answer, state.outcome)];
  const rows = [...b].map(([code, value]) => ({ code, a: a.get(code), b: value, difference: value - a.get(code) }));
  const tone = (value) => (value > 0.005 ? " up" : value < -0.005 ? " down" : "");
  const column = (key, title) => ({ key, title, kind: `number${key === "difference" ? " total" : ""}`, value: (row) => row[key], show: shown, tone });
  const size = (row) => Math.abs(row.difference);
  return sortable([
    { key: "code", title: t("booking.economy"), kind: "name", value: (row) => countryName(row.code), show: (_, row) => countryButton(row.code, { where: "compare" }) },
    column("a", `A · ${named(pair.a)}`), column("b", `B · ${named(pair.b)}`), column("difference", t("compare.difference")),
  ], rows.sort((x, y) => size(y) - size(x)), { most: 12, label: t("compare.title"), focused: (row) => row.code === state.focus });
}
