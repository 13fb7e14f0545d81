// A searchable field for countries, blocs and sectors: chips and a list, all by keyboard too.
import { fill, fresh, h } from "./dom.js";
import { asList, asNames, countryLabel, label, options } from "./names.js";
import { start, stop } from "./picking.js";
import { hasMap } from "./state.js";
import { t } from "./text.js";

const MOST = 60;

/** The field; `changed(value)` gets a name or a list of names; `without` is never offered, `single`: one at a time. */
export function picker({ title, of, value, changed, key, without, single = false }) {
  let chosen = asList(value);
  let shown = [];
  let at = -1;
  const list = fresh("list");
  const id = fresh("pick");
  const chips = h("span", { class: "chips" });
  const input = h("input", {
    id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", class: "pick-input",
    "aria-expanded": "false", "aria-controls": list, "aria-autocomplete": "list",
    data: { key }, placeholder: t("picker.search"),
    on: { input: () => open(), focus: () => open(), keydown: pressed, blur: () => setTimeout(close, 120) },
  });
  const popup = h("ul", { id: list, role: "listbox", class: "popup", hidden: true, "aria-label": title });
  const onMap = of === "countries" && hasMap() && mapButton();
  const box = h("div", { class: "picker" },
    h("label", { for: id, class: "field-label" }, title),
    h("div", { class: "pick-box" }, chips, input, onMap), popup);
  draw();
  return box;

  function draw() {
    fill(chips, chosen.map((name, i) => h("button", {
      type: "button", class: "chip", title: name, "aria-label": t("picker.remove", { name: label(name, of) }),
      data: { key: `${key}:${i}`, next: i ? `${key}:${i - 1}` : key }, on: { click: () => removed(name) },
    }, isCountry(name) ? countryLabel(name) : label(name, of), h("span", { class: "chip-x", "aria-hidden": "true" }, "×"))));
    input.placeholder = chosen.length ? "" : t("picker.search");
  }

  function isCountry(name) {
    return of === "countries" && options(of).some((option) => option.value === name && option.group === "one");
  }

  function set(names) {
    chosen = names;
    draw();
    if (chosen.length) changed(asNames(chosen));
  }

  /** One name at least stays in the document: without the last one the field waits for another. */
  function removed(name) {
    set(chosen.filter((other) => other !== name));
    if (!chosen.length) input.focus();
  }

  function toggle(name) {
    if (single) set([name]);
    else if (chosen.includes(name)) set(chosen.filter((other) => other !== name));
    else set(name === "all" ? ["all"] : [...chosen.filter((other) => other !== "all"), name]);
  }

  function open() {
    const wanted = input.value.trim().toLowerCase();
    const fits = (option) => !wanted || option.value.toLowerCase().startsWith(wanted) || option.title.toLowerCase().includes(wanted) || option.alias?.toLowerCase() === wanted;
    shown = options(of).filter((option) => fits(option) && !chosen.includes(option.value) && option.value !== without).slice(0, MOST);
    if (wanted) shown.sort((a, b) => rank(a, wanted) - rank(b, wanted));
    at = shown.length && wanted ? 0 : -1;
    fill(popup, shown.map((option, i) => h("li", {
      role: "option", id: `${list}-${i}`, class: `option ${option.group}`, "aria-selected": "false",
      on: { mousedown: (event) => { event.preventDefault(); take(i); } },
    }, option.title !== option.value && h("span", { class: "code" }, option.value), h("span", {}, option.title))));
    popup.hidden = !shown.length;
    input.setAttribute("aria-expanded", String(!popup.hidden));
    mark();
  }

  function rank(option, wanted) {
    if ([option.value, option.alias].some((code) => code?.toLowerCase() === wanted)) return 0;
    return option.title.toLowerCase().startsWith(wanted) || option.value.toLowerCase().startsWith(wanted) ? 1 : 2;
  }

  function mark() {
    [...popup.children].forEach((node, i) => node.setAttribute("aria-selected", String(i === at)));
    if (at >= 0) {
      input.setAttribute("aria-activedescendant", `${list}-${at}`);
      popup.children[at].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function take(i) {
    if (!shown[i]) return;
    const name = shown[i].value;
    input.value = "";
    close();
    toggle(name);
  }

  function pressed(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (moves[event.key]) {
      event.preventDefault();
      if (popup.hidden) open();
      at = (at + moves[event.key] + shown.length) % Math.max(1, shown.length);
      mark();
    } else if (event.key === "Enter" && !popup.hidden) {
      event.preventDefault();
      take(Math.max(0, at));
    } else if (event.key === "Escape" && !popup.hidden) {
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && !input.value && chosen.length > 1) set(chosen.slice(0, -1));
  }

  function close() {
    if (!chosen.length && document.activeElement !== input) {
      chosen = asList(value);
      draw();
    }
    popup.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  function mapButton() {
    const button = h("button", { type: "button", class: "quiet small", "aria-pressed": "false", on: { click: press } }, t("picker.on_map"));
    function press() {
      if (button.getAttribute("aria-pressed") === "true") return stop();
      start(toggle, () => button.setAttribute("aria-pressed", "false"));
      button.setAttribute("aria-pressed", "true");
    }
    return button;
  }
}
