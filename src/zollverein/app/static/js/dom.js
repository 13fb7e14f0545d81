// Building the page: every text goes in as text, never as markup.
const SVG = "http://www.w3.org/2000/svg";
const LETTER = "[\\p{Script=Arabic}\\p{Script=Hebrew}\\p{Script=Syriac}\\p{Script=Thaana}\\p{Script=Nko}]";
// Words that are written from right to left, and what may stand between those of one name.
const RIGHT_TO_LEFT = new RegExp(`(${LETTER}+(?:(?:['’"]|[ \\d/-]+)${LETTER}+)*)`, "u");

function apply(node, props) {
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "text") node.textContent = value;
    else if (key === "on") for (const [name, listener] of Object.entries(value)) node.addEventListener(name, listener);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "value" || key === "checked" || key === "disabled" || key === "indeterminate") node[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
}

/** What goes into a node: empty children are left out, words from right to left set apart, so that signs of numbers stay in place. */
const contents = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false).flatMap(apart);

function apart(child) {
  if (typeof child !== "string" || !RIGHT_TO_LEFT.test(child)) return child;
  return child.split(RIGHT_TO_LEFT).map((text, i) => {
    if (i % 2 === 0) return text;
    const own = document.createElement("bdi");
    own.textContent = text;
    return own;
  });
}

/** An HTML element; children are nodes or strings, empty ones are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  apply(node, props);
  node.append(...contents(children));
  if (props.value !== undefined && tag === "select") node.value = props.value;
  return node;
}

/** An SVG element. */
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  apply(node, props);
  node.append(...children.flat(Infinity).filter(Boolean));
  return node;
}

export const find = (id) => document.getElementById(id);

let last = 0;
/** A fresh id that ties a label to its field. */
export const fresh = (prefix) => `${prefix}-${(last += 1)}`;

/**
 * Replace what is in a node, keeping the keyboard focus on the element with the same data-key; where that is
 * gone, on the one that its data-next names.
 */
export function fill(node, ...children) {
  const active = document.activeElement;
  const { key, next } = active && node.contains(active) ? active.dataset : {};
  node.replaceChildren(...contents(children));
  for (const wanted of [key, next]) {
    const again = wanted !== undefined && [...node.querySelectorAll("[data-key]")].find((other) => other.dataset.key === wanted);
    if (!again) continue;
    again.focus({ preventScroll: true });
    return;
  }
}

/** For a choice that acts at once: keys open its list, so that one can look before anything happens. */
export function opening(event) {
  const pick = event.currentTarget;
  if (!pick.showPicker || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key.length > 1 && !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  pick.showPicker();
}

/** Offer bytes or text as a file. */
export function save(name, content, type = "text/plain") {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
