// The top of the page: name, world, theme, and on small screens the three views.
import { fill, find, h } from "./dom.js";
import { change, known, state } from "./state.js";
import { drawTakeaway } from "./takeaway.js";
import { openToml } from "./toml.js";
import { t } from "./text.js";

const VIEWS = ["policy", "answer", "trust"];

export function drawHeader() {
  document.title = t("title");
  const pick = h("select", { id: "world-pick", "aria-label": t("header.world"), on: { change: () => { change({ world: pick.value, doc: { ...state.doc, world: pick.value }, focus: null }, "world"); } } },
    known.worlds.map((world) => h("option", { value: world.name }, world.title ?? world.name)));
  pick.value = state.world;
  fill(find("tools"), known.worlds.length > 1 && pick,
    h("button", { type: "button", data: { key: "toml" }, on: { click: openToml } }, t("header.toml")),
    share(), h("div", { id: "takeaway" }), theme());
  drawTakeaway();
  find("skip").textContent = t("header.skip");
  find("skip").onclick = (event) => { event.preventDefault(); find("answer-title").focus(); }; // the hash is the document's
  find("tagline").textContent = t("header.tagline");
  find("colophon").textContent = t("header.colophon");
  document.documentElement.lang = t("lang");
  for (const [id, key] of [["tabs", "views.label"], ["policy", "views.policy"], ["trust", "views.trust"], ["outcomes", "map.outcomes"]]) find(id).setAttribute("aria-label", t(key));
  for (const [id, key] of [["answer-title", "views.answer"], ["matrix-title", "matrix.title"], ["booking-title", "booking.title"], ["economies-title", "economies.title"], ["jobs-title", "jobs.title"]]) find(id).textContent = t(key);
}

function share() {
  const button = h("button", { type: "button", data: { key: "share" }, on: { click: copy } }, t("header.share"));
  async function copy() {
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = t("header.shared");
    } catch {
      button.textContent = t("header.in_address");
    }
    setTimeout(() => { button.textContent = t("header.share"); }, 2500);
  }
  return button;
}

/** Light, dark, or what the system says. */
function theme() {
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const button = h("button", { type: "button", class: "quiet", "aria-pressed": String(dark()), on: { click: flip } }, t("header.dark"));
  function flip() {
    root.dataset.theme = dark() ? "light" : "dark";
    button.setAttribute("aria-pressed", String(dark()));
  }
  return button;
}

export function drawTabs() {
  const show = (view) => {
    document.body.dataset.view = view;
    for (const tab of find("tabs").children) tab.setAttribute("aria-pressed", String(tab.dataset.view === view));
    scrollTo({ top: 0 });
  };
  fill(find("tabs"), VIEWS.map((view) => h("button", { type: "button", class: "tab", data: { view }, on: { click: () => show(view) } }, t(`views.${view}`))));
  show("answer");
}
