// A part of the panel behind a word; it stays open or shut when the panel is drawn anew.
import { h } from "./dom.js";

const open = new Set();

export function fold(key, title, ...children) {
  const node = h("details", { class: "group", open: open.has(key), on: { toggle: kept } }, h("summary", { data: { key } }, title), children);
  function kept(event) {
    if (event.target !== node || !node.isConnected) return;
    if (node.open) open.add(key);
    else open.delete(key);
  }
  return node;
}
