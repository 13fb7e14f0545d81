// Take away: report, tables, figures, three lines of Python, a citation.
import { file } from "./api.js";
import { fill, find, h, save } from "./dom.js";
import { body } from "./live.js";
import { state } from "./state.js";
import { slug } from "./toml.js";
import { t } from "./text.js";

const FILES = [
  ["report.html", "html"], ["report.pdf", "pdf"], ["table.csv", "csv"], ["result.nc", "nc"], ["scenario.toml", "toml"],
  ["map.svg", "svg"], ["map.png", "png"],
];
const TEXTS = ["python", "citation"];

export function drawTakeaway(figures = []) {
  const extra = figures.map((name) => [name, name.split(".").at(-1)]);
  const list = extra.length ? [...FILES.filter(([name]) => !name.startsWith("map.")), ...extra] : FILES;
  const menu = h("details", { class: "menu" },
    h("summary", { class: "button", data: { key: "takeaway" } }, t("takeaway.title")),
    h("div", { class: "menu-list", role: "group", "aria-label": t("takeaway.title") },
      list.map(([what, kind]) => item(what, () => fetched(what, kind))), h("hr"), TEXTS.map((what) => item(what, () => told(what)))));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  fill(find("takeaway"), menu);
}

const item = (what, act) => h("button", { type: "button", class: "menu-item", on: { click: act } }, title(what));
function title(what) {
  const known = t(`takeaway.${what.replace(".", "_")}`);
  return known.startsWith("takeaway.") ? t("takeaway.figure", { name: what.replace(/[_-]/g, " ") }) : known;
}

async function fetched(what, kind) {
  await guarded(async () => save(`${slug(state.doc.name)}-${what.replace(/\.\w+$/, "")}.${kind}`, await file(`export/${what}`, body())));
}

async function told(what) {
  await guarded(async () => {
    const text = await (await file(`export/${what}`, body())).text();
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
