// Trade between blocs: a heat map that is a table, so that it can be read aloud too.
import { fill, h } from "./dom.js";
import { change as shown } from "./format.js";
import { amount, moneyUnit } from "./money.js";
import { classOf, limitOf } from "./scale.js";
import { t } from "./text.js";

export function drawMatrix(node, matrix) {
  if (!matrix?.blocs?.length) return fill(node);
  const limit = limitOf(matrix.change_pct.flat());
  const cell = (i, j) => {
    const value = matrix.change_pct[i][j];
    const before = matrix.before?.[i]?.[j];
    const title = t("matrix.cell", { from: matrix.blocs[i], to: matrix.blocs[j], before: amount(before, 1), after: amount(matrix.after?.[i]?.[j], 1), unit: moneyUnit(), change: shown(value) });
    return h("td", { class: `heat ${value === null ? "none" : classOf(value, limit)}`, title: before === undefined ? null : title }, shown(value));
  };
  fill(node, h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("matrix.title") },
    h("table", { class: "matrix" },
      h("caption", { class: "quiet-text" }, t("matrix.caption")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "corner" }, t("matrix.corner")), matrix.blocs.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, matrix.blocs.map((name, i) => h("tr", {}, h("th", { scope: "row" }, name), matrix.blocs.map((_, j) => cell(i, j))))))));
}
