// The world map: drawn once, afterwards only classes change.
import { middleOf } from "./compass.js";
import { fill, find, h, svg } from "./dom.js";
import { change as shown } from "./format.js";
import { setPlaces } from "./mapkeys.js";
import { countriesOf } from "./names.js";
import { took } from "./picking.js";
import { classOf, steps } from "./scale.js";
import { change, countryName, hasMap, known, state, world } from "./state.js";
import { t } from "./text.js";

const WIDTH = 1000;
const places = new Map(); // code -> elements
let values = new Map();

/** From the plane of the report's map (Equal Earth, y up) to the picture. */
function plane() {
  const { x = [-2.75, 2.75], y = [-1.15, 1.35] } = known.plane;
  const scale = WIDTH / (x[1] - x[0]);
  const place = ([across, up]) => [(across - x[0]) * scale, (y[1] - up) * scale];
  const short = (point) => place(point).map((size) => size.toFixed(1)).join(",");
  const path = (rings) => rings.map((ring) => `M${ring.map(short).join("L")}Z`).join("");
  return { place, path, height: Math.round((y[1] - y[0]) * scale) };
}

/** Draw the outlines and dots of the world's countries. */
export function drawMap() {
  const codes = new Set(world().countries.map((country) => country.code));
  const { place, path, height } = plane();
  places.clear();
  const land = svg("g", { class: "land" });
  const dots = svg("g", { class: "dots" });
  const add = (code, node) => {
    if (!codes.has(code)) return node.classList.add("absent");
    node.classList.add("place");
    node.dataset.code = code;
    places.set(code, [...(places.get(code) ?? []), node]);
  };
  for (const [code, rings] of Object.entries(known.shapes)) {
    const shape = svg("path", { d: path(rings) });
    add(code, shape);
    land.append(shape);
  }
  for (const [code, at] of Object.entries(known.dots)) if (codes.has(code)) dots.append(dot(code, place(at), add));
  const ring = setPlaces(middles(codes, place), { start: startOfKeys, said, shown: hintAt, took: choose });
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "map", role: "img", "aria-label": t("map.label") }, land, dots, ring);
  picture.addEventListener("click", (event) => event.target.dataset?.code && choose(event.target.dataset.code));
  picture.addEventListener("pointermove", (event) => hint(event));
  picture.addEventListener("pointerleave", () => (find("tip").hidden = true));
  find("map").parentNode.hidden = !hasMap();
  find("map").setAttribute("aria-label", t("map.keys"));
  fill(find("map"), picture);
}

/** A click or Enter on a country: a field that chooses takes it, else the page looks closer at it. */
function choose(code) {
  if (!took(code)) change({ focus: code }, "focus");
}

/** The middle of every country on the picture: its dot, or its mainland's. */
function middles(codes, place) {
  const shapes = Object.entries(known.shapes).map(([code, rings]) => [code, middleOf(rings)]);
  return new Map([...shapes, ...Object.entries(known.dots)].filter(([code]) => codes.has(code)).map(([code, at]) => [code, place(at)]));
}

/** The country in focus, else the one that moves most. */
const startOfKeys = () => state.focus ?? [...values].filter(([code, value]) => places.has(code) && Number.isFinite(value)).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))[0]?.[0];

const valueOf = (code) => (Number.isFinite(values.get(code)) ? `${shown(values.get(code))} %` : t("map.no_value"));
const said = (code) => t(code === state.focus ? "map.said_focus" : "map.said", { name: countryName(code), code, value: valueOf(code) });

function dot(code, [x, y], add) {
  const node = svg("circle", { cx: x, cy: y, r: 4 });
  add(code, node);
  return node;
}

function hint(event) {
  const room = find("map").getBoundingClientRect();
  tip(event.target.dataset?.code, event.clientX - room.left, event.clientY - room.top);
}

/** The same beside a place of the picture, for the keyboard. */
function hintAt(code, [x, y] = [0, 0]) {
  const scale = find("map").getBoundingClientRect().width / WIDTH;
  tip(code, x * scale, y * scale);
}

function tip(code, x, y) {
  const node = find("tip");
  node.hidden = !code;
  if (!code) return;
  fill(node, h("strong", {}, countryName(code)), " ", h("span", { class: "code" }, code), " ", h("span", {}, valueOf(code)));
  node.style.left = `${Math.max(0, Math.min(x + 14, find("map").clientWidth - node.offsetWidth))}px`;
  node.style.top = `${y + 14}px`;
}

/** Colour the countries; `found` maps codes to numbers. */
export function colourMap(found, limit) {
  values = found;
  for (const [code, nodes] of places) {
    const name = `place ${classOf(found.get(code), limit)}${code === state.focus ? " focused" : ""}`;
    for (const node of nodes) if (node.getAttribute("class") !== name) node.setAttribute("class", name);
  }
  for (const node of places.get(state.focus) ?? []) if (node.tagName === "path") node.parentNode.append(node);
}

/** Outline the countries that names stand for, while a field chooses. */
export function outline(names) {
  const codes = names ? countriesOf(names) : new Set();
  for (const [code, nodes] of places) for (const node of nodes) node.classList.toggle("chosen", codes.has(code));
}

/** The legend, or why there is no map: one swatch per class, the value where it begins below it. */
export function drawLegend(limit, title) {
  if (!hasMap()) return fill(find("legend"), h("p", { class: "hint" }, t("map.none")));
  const list = steps(limit);
  const number = (edge) => (Math.abs(edge) < 0.0051 ? "" : `${edge < 0 ? "−" : "+"}${Number(Math.abs(edge).toPrecision(2))}`);
  fill(find("legend"),
    h("p", { class: "legend-title" }, title),
    h("div", { class: "legend-row", role: "img", "aria-label": t("map.legend_label", { limit }) },
      list.map((step) => h("span", { class: "legend-step" }, h("span", { class: `swatch ${step.name}` }), h("span", { class: "legend-value" }, step.name === "q0" ? "0" : number(step.edge))))),
    h("p", { class: "legend-ends" }, h("span", {}, t("map.loss")), h("span", {}, t("map.gain"))),
    h("p", { class: "hint" }, h("span", { class: "swatch absent", "aria-hidden": "true" }), t("map.absent"), " · ", t("map.outlines")));
}
