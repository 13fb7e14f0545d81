// A programme as a card: on or off, how much of it, when, and its measures.
import { closeUp, isOpen, keepOpen } from "./cards.js";
import { FIRST_YEAR, LAST_YEAR } from "./document.js";
import { h } from "./dom.js";
import { adder, setStrength } from "./edits.js";
import { field, number } from "./fields.js";
import { blank, forgetRanges } from "./kinds.js";
import { measureCard } from "./measure.js";
import { edit } from "./state.js";
import { t } from "./text.js";

export function programmeCard(programme, part, { strength, wrong }) {
  const i = part.programme;
  const path = `programmes[${i}]`;
  const many = programme.measures?.length ?? 0;
  const key = { name: "strength", type: "number", label: t("programme.strength"), hint: t("programme.strength_hint"), percent: true, whole: true, min: 0, max: 1, slider: [0, 1], default: 1, step: 0.01 };
  if (!many) return idle(programme, i, path, wrong);
  return h("article", { class: `card programme${strength === 0 ? " off" : ""}`, data: { path } },
    h("header", { class: "card-head" },
      h("input", { type: "checkbox", role: "switch", class: "switch", checked: strength > 0, data: { key: `${path}:on` }, "aria-label": t("measure.apply", { name: programme.name }), on: { change: (event) => setStrength(programme.name, event.target.checked ? undefined : 0) } }),
      h("div", { class: "card-title" }, h("h4", {}, programme.name),
        h("p", { class: "gist" }, [t(many === 1 ? "programme.one" : "programme.many", { many }), programme.illustrative && t("programme.illustrative")].filter(Boolean).join(" · ")))),
    number(key, strength, (size, how) => setStrength(programme.name, Math.round(100 * (size ?? 1)) / 100, how), `${path}.strength`),
    inside(programme, i, path, wrong));
}

/** A programme without measures: listed, and nothing to switch. */
function idle(programme, i, path, wrong) {
  return h("article", { class: "card programme idle", data: { path } },
    h("h4", {}, programme.name), h("p", { class: "gist" }, t("programme.no_channel")), inside(programme, i, path, wrong));
}

/** Its dates and measures, behind a word. */
function inside(programme, i, path, wrong) {
  return (
    h("details", { class: "form", open: isOpen(path), on: { toggle: (event) => event.target === event.currentTarget && event.target.isConnected && keepOpen(path, event.target.open) } },
      h("summary", { data: { key: `${path}:details` } }, t("programme.details")),
      programme.note && h("p", { class: "hint" }, programme.note), form(programme, i, path),
      (programme.measures ?? []).map((measure, j) => measureCard(measure, {
        path: `${path}.measures[${j}]`, name: measure.name, wrong: wrong(`${path}.measures[${j}]`),
        update: (update, how) => edit((copy) => update(copy.programmes[i].measures[j]), how),
        remove: () => taken(`${path}.measures`, j, (copy) => copy.programmes[i].measures), next: `${path}:add`,
      })),
      adder(`${path}:add`, (kind) => edit((copy) => (copy.programmes[i].measures = [...(copy.programmes[i].measures ?? []), blank(kind)]))),
      h("button", { type: "button", class: "quiet small danger", data: { next: "programmes:add" }, on: { click: () => taken("programmes", i, (copy) => copy.programmes) } }, t("programme.remove")))
  );
}

/** Take one of a list out of the document; the cards behind it keep their state. */
function taken(place, i, list) {
  closeUp(place, i);
  forgetRanges();
  edit((copy) => list(copy).splice(i, 1));
}

function form(programme, i, path) {
  const set = (name, cast = (value) => value) => (value) => edit((copy) => {
    if (value === undefined) delete copy.programmes[i][name];
    else copy.programmes[i][name] = cast(value);
  });
  const named = (value) => value && edit((copy) => (copy.programmes[i].name = value));
  return h("div", { class: "pair" },
    field({ name: "name", type: "text", label: t("programme.name") }, programme.name, named, `${path}.name`),
    field({ name: "area", type: "text", label: t("programme.area") }, programme.area, set("area"), `${path}.area`),
    field({ name: "start", type: "number", label: t("programme.start"), min: FIRST_YEAR, max: LAST_YEAR }, programme.start, set("start", Math.round), `${path}.start`),
    field({ name: "phase_in", type: "number", label: t("programme.phase_in"), min: 1, max: 100, step: 1, default: 1 }, programme.phase_in, set("phase_in", Math.round), `${path}.phase_in`));
}
