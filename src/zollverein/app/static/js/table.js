// A table that sorts by a click on a heading; numbers in tabular figures, small bars where wanted.
import { fill, h } from "./dom.js";
import { t } from "./text.js";

const chosen = new Map(); // by label of a table: its order, and whether all of it is shown

/**
 * @param columns {key, title, value(row), show(value, row), kind: "name"|"number"|"text", sorts}
 * @param options {caption, sort (a key; the order given without one), ascending, most, focused(row)}
 */
export function sortable(columns, rows, { caption, sort, ascending = false, most = Infinity, focused = () => false, label }) {
  const holder = h("div", { class: "sortable" });
  let [by, up, all] = [sort, ascending, false];
  const before = chosen.get(label);
  if (before && columns.some((one) => one.key === before.by)) ({ by, up, all } = before);
  draw();
  return holder;

  /** What a reader chose stays when the same table is drawn anew. */
  function choose(what) {
    ({ by, up, all } = { by, up, all, ...what });
    if (label) chosen.set(label, { by, up, all });
    draw();
  }

  function draw() {
    const column = columns.find((one) => one.key === by);
    const sorted = column ? [...rows].sort((a, b) => compare(column.value(a), column.value(b)) * (up ? 1 : -1)) : rows;
    const shown = all ? sorted : sorted.slice(0, most);
    fill(holder,
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label ?? caption },
        h("table", { class: "data" }, caption && h("caption", {}, caption),
          h("thead", {}, h("tr", {}, columns.map(heading))),
          h("tbody", {}, shown.map((row) => h("tr", { class: focused(row) ? "focused" : null }, columns.map((one, i) => cell(one, row, i))))))),
      rows.length > most && h("button", { type: "button", class: "quiet small", data: { key: "more" }, on: { click: () => choose({ all: !all }) } }, all ? t("table.fewer") : t("table.all", { count: rows.length })));
  }

  function heading(one) {
    const active = one.key === by;
    return h("th", { scope: "col", class: one.kind, "aria-sort": active ? (up ? "ascending" : "descending") : null },
      h("button", { type: "button", class: "sort", data: { key: `sort:${one.key}` }, on: { click: () => choose({ up: active ? !up : one.kind === "name", by: one.key }) } },
        one.title, h("span", { class: "arrow", "aria-hidden": "true" }, active ? (up ? "▲" : "▼") : "")));
  }

  function cell(one, row, i) {
    const value = one.value(row);
    return h(i ? "td" : "th", { scope: i ? null : "row", class: `${one.kind}${one.tone?.(value, row) ?? ""}` }, one.show ? one.show(value, row) : String(value ?? ""));
  }
}

function compare(a, b) {
  const missing = (value) => value === null || value === undefined || Number.isNaN(value);
  if (missing(a) || missing(b)) return missing(a) - missing(b);
  return typeof a === "string" ? a.localeCompare(b) : a - b;
}
