// Numbers as text: a true minus, a sign on changes, a dash where there is none.
export const NOTICEABLE = 0.005;

const finite = (value) => typeof value === "number" && Number.isFinite(value);

/** A change with its sign; no sign where it rounds to zero. */
export function signed(value, digits = 2) {
  if (!finite(value)) return "–";
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value < 0 ? "−" : "+") + group(text);
}

/** A change with digits that fit its size. */
export function change(value) {
  if (!finite(value)) return "–";
  const size = Math.abs(value);
  return signed(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** A plain number, thousands set apart by a narrow space. */
export function plain(value, digits = 0) {
  if (!finite(value)) return "–";
  const text = group(Math.abs(value).toFixed(digits));
  return value < 0 && Number(value.toFixed(digits)) !== 0 ? `−${text}` : text;
}

/** A residual: two digits and a power of ten. */
export function scientific(value) {
  if (!finite(value)) return "–";
  if (value === 0) return "0";
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits} × 10${superscript(Number(power))}`;
}

/** A share as percent. */
export const percent = (value, digits = 1) => (finite(value) ? `${plain(100 * value, digits)} %` : "–");

/** A number for an input field, without the dust of binary fractions. */
export const tidy = (value) => String(Number(Number(value).toPrecision(12)));

function group(text) {
  const [whole, part] = text.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return part === undefined ? spaced : `${spaced}.${part}`;
}

function superscript(power) {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const text = [...String(Math.abs(power))].map((digit) => digits[Number(digit)]).join("");
  return power < 0 ? `⁻${text}` : text;
}
