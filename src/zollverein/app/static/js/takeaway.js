// Take away: report, tables, figures, three lines of Python, a citation.
import { file } from "./api.js";
import { fill, find, h, save } from "./dom.js";
import { asked } from "./live.js";
import { state } from "./state.js";
import { slug } from "./toml.js";
import { t } from "./text.js";

const FILES = ["report.html", "report.pdf", "table.csv", "result.nc", "scenario.toml"];
const FIGURES = ["map", "ranking", "trade", "sectors"];
const TEXTS = ["python", "citation"];

/** The menu; `offered` names what this server can make. */
export function drawTakeaway(offered = null) {
  const list = FILES.filter((what) => !offered || offered.includes(what));
  const figures = FIGURES.map((name) => h("div", { class: "menu-row" }, h("span", {}, t(`takeaway.${name}`)),
    ["svg", "png"].map((kind) => h("button", { type: "button", class: "small", "aria-label": `${t(`takeaway.${name}`)}, ${kind.toUpperCase()}`, on: { click: () => fetched(`${name}.${kind}`) } }, kind.toUpperCase()))));
  const menu = h("details", { class: "menu" },
    h("summary", { class: "button", data: { key: "takeaway" } }, t("takeaway.title")),
    h("div", { class: "menu-list", role: "group", "aria-label": t("takeaway.title") },
      list.map((what) => item(what, () => fetched(what))), h("hr"), figures, h("hr"), TEXTS.map((what) => item(what, () => told(what)))));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  fill(find("takeaway"), menu);
}

const item = (what, act) => h("button", { type: "button", class: "menu-item", on: { click: act } }, title(what));
const title = (what) => t(`takeaway.${what.replace(".", "_")}`);

async function fetched(what) {
  await guarded(async () => save(`${slug(state.doc.name)}-${what}`, await file(`export/${what}`, asked())));
}

async function told(what) {
  await guarded(async () => {
    const text = await (await file(`export/${what}`, asked())).text();
    show(title(what), text);
  });
}

/** A text to copy. */
export function show(heading, text) {
  const dialog = find("dialog");
  dialog.setAttribute("aria-labelledby", "dialog-title");
  fill(dialog, h("form", { method: "dialog", class: "dialog-body" },
    h("header", { class: "dialog-head" }, h("h2", { id: "dialog-title" }, heading), h("button", { class: "quiet", "aria-label": t("toml.close") }, "×")),
    h("pre", { class: "said-code", tabindex: 0 }, text),
    h("div", { class: "dialog-foot" }, h("button", { type: "button", on: { click: () => navigator.clipboard?.writeText(text) } }, t("toml.copy")))));
  dialog.showModal();
}

async function guarded(act) {
  try {
    await act();
  } catch (error) {
    show(t("problem.title"), error.message);
  }
}
