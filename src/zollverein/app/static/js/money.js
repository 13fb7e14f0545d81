// Amounts of money: what the world on screen counts in, and what the page shows them in.
import { plain, signed } from "./format.js";
import { world } from "./state.js";
import { t } from "./text.js";

const PART = 1e-5; // of the largest economy: what can still be seen of an amount

/** Worlds in millions are shown in billions, others in their own unit with the decimals that their size asks for. */
function unit() {
  const said = (world()?.currency ?? "").trim();
  const million = said.match(/^(?:million|millions|mn|mln|m)\s+(\S.*)$/i);
  if (million) return { per: 1000, words: t("money.billion", { currency: million[1] }) };
  const largest = Math.max(...(world()?.countries ?? []).map((country) => country.size ?? 0), Number.MIN_VALUE);
  const own = Math.min(9, Math.max(0, Math.ceil(-Math.log10(PART * largest))));
  return { per: 1, own, words: said || t("money.nameless") };
}

/** The unit in words, such as "billion USD". */
export const moneyUnit = () => unit().words;

/** A world's amount in the unit of the page; `digits` are those of billions. */
export function amount(value, digits = digitsOf(value), show = plain) {
  const { per, own = digits } = unit();
  return show(value / per, own);
}

/** The same for a change, with its sign. */
export const moved = (value, digits = digitsOf(value)) => amount(value, digits, signed);

const digitsOf = (value) => (Math.abs(value) < 10000 ? 2 : 1);

/** Whether an amount is worth a row or a column; `least` is in millions, for worlds that are. */
export function noticeable(value, least = 1) {
  const { own } = unit();
  return Math.abs(value ?? 0) >= (own === undefined ? least : 0.5 * 10 ** -own);
}

/** The class of a change: up, down or neither. */
export const moneyTone = (value) => (noticeable(value, 5) ? (value > 0 ? " up" : " down") : "");
