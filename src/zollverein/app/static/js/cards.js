// Which cards of the policy are open: by their place, and a place follows what stands in it.
import { measureName } from "./document.js";

let open = new Set(); // places, such as "programmes[0].measures[1]"
let shown = {}; // the document they are of

export const isOpen = (place) => open.has(place);

export function keepOpen(place, on) {
  if (on) open.add(place);
  else open.delete(place);
}

/** The panel shows this document now. */
export const drawn = (doc) => (shown = doc);

/** One of a list is taken out: what stands behind it moves up. */
export function closeUp(list, gone) {
  const moved = (place) => {
    const found = place.startsWith(`${list}[`) && place.slice(list.length).match(/^\[(\d+)\](.*)$/);
    if (!found || Number(found[1]) < gone) return place;
    return Number(found[1]) === gone ? null : `${list}[${found[1] - 1}]${found[2]}`;
  };
  open = new Set([...open].map(moved).filter(Boolean));
}

/** Another document: a card stays open where it shows the same part, wherever that stands now. */
export function follow(doc) {
  const [before, after] = [titles(shown), titles(doc)];
  const kept = new Set([...open].map((place) => before.get(place)));
  open = new Set([...after].filter(([, title]) => kept.has(title)).map(([place]) => place));
}

/** What every card shows, by its place: a measure's kind and name in its programme; of equal ones the how-manieth. */
function titles(doc) {
  const found = new Map();
  const count = new Map();
  const add = (place, title) => {
    count.set(title, (count.get(title) ?? 0) + 1);
    found.set(place, `${title}\n${count.get(title)}`);
  };
  const measures = (list, within, title) => (list ?? []).forEach((measure, i) => add(`${within}measures[${i}]`, `${title}\n${measure.kind}\n${measureName(measure, i)}`));
  measures(doc.measures, "", "");
  (doc.programmes ?? []).forEach((programme, i) => {
    add(`programmes[${i}]`, programme.name);
    measures(programme.measures, `programmes[${i}].`, programme.name);
  });
  return found;
}
