// The diverging scale: nine classes, four on each side of a neutral zero, the same everywhere.
// A class is a name in the style sheet, so that light and dark need no redrawing.
import { NOTICEABLE } from "./format.js";

const STEPS = [1, 2, 5, 10];

/** A round limit that all but the most extreme twentieth of the values fit in. */
export function limitOf(values) {
  const sizes = values.filter(Number.isFinite).map(Math.abs).sort((a, b) => a - b);
  const largest = sizes.at(-1) ?? 0;
  if (largest === 0) return 1;
  const wanted = Math.max(sizes[Math.floor(0.95 * (sizes.length - 1))], largest / 20, 0.01);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = STEPS.find((candidate) => candidate * power >= wanted * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** Where the classes of one side end, as parts of the limit. */
export const PARTS = [0.1, 0.3, 1];

/** The class of a value: "q0" for hardly anything, "g1" to "g4" for gains, "l1" to "l4" for losses. */
export function classOf(value, limit) {
  if (!Number.isFinite(value)) return "none";
  if (Math.abs(value) < NOTICEABLE) return "q0";
  const size = Math.abs(value) / limit;
  const step = 1 + PARTS.filter((part) => size > part * (1 + 1e-9)).length;
  return (value > 0 ? "g" : "l") + step;
}

/** The classes from loss to gain with the value at which each begins, for the legend. */
export function steps(limit) {
  const up = [NOTICEABLE, ...PARTS.map((part) => part * limit)];
  return [
    ...up.map((from, i) => ({ name: `l${i + 1}`, edge: -from })).reverse(),
    { name: "q0", edge: 0 },
    ...up.map((from, i) => ({ name: `g${i + 1}`, edge: from })),
  ];
}
