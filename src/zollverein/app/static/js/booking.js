// Who pays: every item of income of the economies touched.
import { countryButton } from "./bars.js";
import { fill, h } from "./dom.js";
import { amount, moneyTone, moneyUnit, moved, noticeable } from "./money.js";
import { countryName, state } from "./state.js";
import { sortable } from "./table.js";
import { t, titled } from "./text.js";

const COST = "resource_cost"; // more of it is no gain

/** Rows with the change of each item by its key. */
function read({ columns, rows }) {
  return rows.map((row) => ({ code: row.code, values: Object.fromEntries(columns.map(({ key }, i) => [key, row.change[i]])) }));
}

/** One economy's items before and after, in the unit of the page; nothing where none moves. */
export function accountsOf(booking, code) {
  const row = booking?.rows?.find((one) => one.code === code);
  if (!row) return null;
  const items = booking.columns.map(({ key, title }, i) => ({ key, title: titled(`booking.${key}`, title ?? key), before: row.before[i], after: row.after[i], change: row.change[i] }));
  const shown = items.filter(({ key, before, after, change }) => key !== "discrepancy" && [before, after, change].some((value) => noticeable(value)));
  const column = (key) => ({ key, title: t(`booking.${key}`), kind: "number", value: (item) => item[key], show: (value) => (key === "change" ? moved : amount)(value), tone: key === "change" ? (value, item) => (item.key === COST ? "" : moneyTone(value)) : undefined });
  return sortable([{ key: "title", title: t("booking.item"), kind: "name", value: (item) => item.title, show: (value) => value }, ...["before", "after", "change"].map(column)], shown,
    { label: t("booking.accounts"), focused: (item) => item.key === "income" });
}

export function drawBooking(node, booking) {
  if (!booking?.rows?.length) return fill(node, h("p", { class: "hint" }, t("booking.none")));
  const rows = read(booking);
  const largest = (key) => Math.max(...rows.map((row) => Math.abs(row.values[key] ?? 0)));
  const shown = booking.columns.filter(({ key }) => noticeable(largest(key)) && key !== "discrepancy");
  const columns = shown.map(({ key, title }) => ({
    key, title: titled(`booking.${key}`, title ?? key), kind: `number${key === "income" ? " total" : ""}`,
    value: (row) => row.values[key], show: (value) => moved(value),
    tone: key === COST ? undefined : moneyTone,
  }));
  fill(node,
    sortable([{ key: "code", title: t("booking.economy"), kind: "name", value: (row) => countryName(row.code), show: (_, row) => countryButton(row.code, { where: "booking" }) }, ...columns], rows,
      { sort: "income", ascending: true, most: 10, label: t("booking.title"), focused: (row) => row.code === state.focus }),
    h("p", { class: "hint" }, t("booking.unit", { unit: moneyUnit() })));
}
