// The map by keyboard: one stop for the Tab key, arrow keys from country to country, Enter takes one.
import { ARROWS, nearest } from "./compass.js";
import { fill, find, svg } from "./dom.js";

let points = new Map(); // code -> [x, y] on the picture
let at = null; // the country under the ring
let ring = null;
let hooks = { start: () => null, said: () => "", took() {} };

/**
 * A new map: its places and what the page makes of them.
 * @param given {start() a code to begin at, said(code) in words, shown(code, [x, y]) or nothing, took(code)}
 */
export function setPlaces(found, given) {
  [points, at, hooks] = [found, null, given];
  ring = svg("g", { class: "ring", "aria-hidden": "true" }, svg("circle", { r: 11, class: "halo" }), svg("circle", { r: 11 }));
  const map = find("map");
  map.onkeydown = pressed;
  map.onfocus = () => map.matches(":focus-visible") && move(at ?? first());
  map.onblur = () => hooks.shown(null);
  return ring;
}

/** Where the arrows begin: what the page says, where that is on the map. */
function first() {
  const wanted = hooks.start();
  return points.has(wanted) ? wanted : points.keys().next().value;
}

function pressed(event) {
  if (!points.size || event.ctrlKey || event.altKey || event.metaKey) return;
  const arrow = ARROWS[event.key];
  if (arrow) {
    event.preventDefault();
    move(at === null ? first() : nearest(points, at, arrow));
  } else if ((event.key === "Enter" || event.key === " ") && at !== null) {
    event.preventDefault();
    hooks.took(at);
    say();
  }
}

function move(code) {
  if (code === undefined) return;
  at = code;
  const [x, y] = points.get(at);
  ring.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  hooks.shown(at, points.get(at));
  say();
}

/** Told to a screen reader: the text is new each time, so that it is said again. */
const say = () => fill(find("map-said"), hooks.said(at));
