// Take away: report, tables, figures, three lines of Python, a citation.
import { file } from "./api.js";
import { fill, find, h, save } from "./dom.js";
import { asked } from "./live.js";
import { hasMap, state } from "./state.js";
import { slug } from "./toml.js";
import { t } from "./text.js";

const FILES = ["report.html", "report.pdf", "table.csv", "result.nc", "scenario.toml"];
const FIGURES = ["map", "ranking", "trade", "sectors"];
const TEXTS = ["python", "citation"];

/** What this server can make, from its own description; everything where that cannot be read. */
async function offered() {
  try {
    const { paths } = await (await fetch("openapi.json")).json();
    return paths["/api/export/{what}"].post.parameters.find((one) => one.name === "what").schema.enum;
  } catch {
    return FILES;
  }
}

export function drawTakeaway() {
  const list = h("div", {}, FILES.map((what) => item(what, () => fetched(what))));
  let known = false;
  const learn = async () => {
    if (known) return;
    known = true;
    const can = await offered();
    [...list.children].forEach((node, i) => { node.hidden = !can.includes(FILES[i]); });
    if (!can.includes("report.pdf")) list.append(h("p", { class: "hint menu-hint" }, t("takeaway.no_pdf")));
  };
  const figures = FIGURES.filter((name) => name !== "map" || hasMap()).map((name) => h("div", { class: "menu-row" }, h("span", {}, t(`takeaway.${name}`)),
    ["svg", "png"].map((kind) => h("button", { type: "button", class: "small", "aria-label": `${t(`takeaway.${name}`)}, ${kind.toUpperCase()}`, on: { click: () => fetched(`${name}.${kind}`) } }, kind.toUpperCase()))));
  const menu = h("details", { class: "menu", on: { toggle: learn } },
    h("summary", { class: "button", data: { key: "takeaway" } }, t("takeaway.title")),
    h("div", { class: "menu-list", role: "group", "aria-label": t("takeaway.title") },
      list, h("hr"), figures, h("hr"), TEXTS.map((what) => item(what, () => told(what)))));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  fill(find("takeaway"), menu);
}

/** An entry of the menu; while its file is made it says so. */
function item(what, act) {
  const button = h("button", { type: "button", class: "menu-item", on: { click } }, title(what));
  async function click() {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    button.textContent = t("takeaway.working");
    await act();
    button.disabled = false;
    button.removeAttribute("aria-busy");
    button.textContent = title(what);
  }
  return button;
}

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
