// The world map: drawn once, afterwards only classes change.
import { fill, find, h, svg } from "./dom.js";
import { change as shown } from "./format.js";
import { countriesOf } from "./names.js";
import { took } from "./picking.js";
import { classOf, steps } from "./scale.js";
import { change, countryName, known, state, world } from "./state.js";
import { t } from "./text.js";

const WIDTH = 1000;
const places = new Map(); // code -> elements
let values = new Map();

/** From the plane of the report's map (Equal Earth, y up) to the picture. */
function plane() {
  const { x = [-2.75, 2.75], y = [-1.15, 1.35] } = known.plane;
  const scale = WIDTH / (x[1] - x[0]);
  const place = ([across, up]) => [((across - x[0]) * scale).toFixed(1), ((y[1] - up) * scale).toFixed(1)];
  const path = (rings) => rings.map((ring) => `M${ring.map((point) => place(point).join(",")).join("L")}Z`).join("");
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
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "map", role: "img", "aria-label": t("map.label") }, land, dots);
  picture.addEventListener("click", (event) => {
    const code = event.target.dataset?.code;
    if (code && !took(code)) change({ focus: code }, "focus");
  });
  picture.addEventListener("pointermove", (event) => hint(event));
  picture.addEventListener("pointerleave", () => (find("tip").hidden = true));
  fill(find("map"), picture);
}

function dot(code, [x, y], add) {
  const node = svg("circle", { cx: x, cy: y, r: 4 });
  add(code, node);
  return node;
}

function hint(event) {
  const code = event.target.dataset?.code;
  const tip = find("tip");
  tip.hidden = !code;
  if (!code) return;
  fill(tip, h("strong", {}, countryName(code)), " ", h("span", {}, Number.isFinite(values.get(code)) ? `${shown(values.get(code))} %` : t("map.no_value")));
  const room = find("map").getBoundingClientRect();
  tip.style.left = `${Math.min(event.clientX - room.left + 14, room.width - 170)}px`;
  tip.style.top = `${event.clientY - room.top + 14}px`;
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

/** The legend: one swatch per class, the value where it begins below it. */
export function drawLegend(limit, title) {
  const list = steps(limit);
  const number = (edge) => (Math.abs(edge) < 0.0051 ? "" : `${edge < 0 ? "−" : "+"}${Number(Math.abs(edge).toPrecision(2))}`);
  fill(find("legend"),
    h("p", { class: "legend-title" }, title),
    h("div", { class: "legend-row", role: "img", "aria-label": t("map.legend_label", { limit }) },
      list.map((step) => h("span", { class: "legend-step" }, h("span", { class: `swatch ${step.name}` }), h("span", { class: "legend-value" }, step.name === "q0" ? "0" : number(step.edge))))),
    h("p", { class: "legend-ends" }, h("span", {}, t("map.loss")), h("span", {}, t("map.gain"))));
}
