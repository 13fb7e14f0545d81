// The whole table, one row for each economy.
import { countryButton } from "./bars.js";
import { fill } from "./dom.js";
import { change as shown } from "./format.js";
import { OUTCOMES } from "./focus.js";
import { state } from "./state.js";
import { sortable } from "./table.js";
import { t } from "./text.js";

export function drawEconomies(node, answer) {
  const tone = (value) => (value > 0.005 ? " up" : value < -0.005 ? " down" : "");
  fill(node, sortable([
    { key: "name", title: t("booking.economy"), kind: "name", value: (row) => row.name, show: (_, row) => countryButton(row.code, { where: "table" }) },
    { key: "role", title: t("economies.role"), kind: "text", value: (row) => row.role ?? "" },
    ...OUTCOMES.map((key) => ({ key, title: t(`outcomes.${key}`), kind: "number", value: (row) => row[key], show: shown, tone: key === "price_index_pct" ? undefined : tone })),
  ], answer.economies, { sort: "real_income_pct", ascending: true, most: 12, label: t("economies.title"), focused: (row) => row.code === state.focus }));
}
