// All words of the page come from text.json, so that it can be translated in one place.
let words = {};

export async function loadText(url) {
  const answer = await fetch(url);
  words = await answer.json();
}

/** The text under a dotted key, with {names} filled in; a missing key shows itself. */
export function t(key, values = {}) {
  const found = key.split(".").reduce((level, part) => level?.[part], words);
  if (typeof found !== "string") return key;
  return found.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Whether a text exists; for words that have a fallback, such as titles of columns. */
export function has(key) {
  return typeof key.split(".").reduce((level, part) => level?.[part], words) === "string";
}

/** The text under a key, or the fallback made readable. */
export const titled = (key, fallback) => (has(key) ? t(key) : readable(fallback));

/** A sentence of the server for a reader: names of outcomes as words, true minus signs, a capital first. */
export function worded(text) {
  const said = text.replace(/\b(real_income|real_wage|price_index)\b/g, (name) => name.replace("_", " ")).replace(/(?<![\w-])-(?=\d)/g, "−");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** A label as it stands in code, made readable. */
export function readable(name) {
  const text = String(name).replace(/_pct$/, "").replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
