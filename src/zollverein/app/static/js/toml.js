// The scenario as a file: look, edit, copy, take home, bring back.
import { Refused, file, post } from "./api.js";
import { fill, find, h, save } from "./dom.js";
import { asked } from "./live.js";
import { change, known, state } from "./state.js";
import { t } from "./text.js";

const MOST = 1_000_000;
let area = null;

/** Open the dialog with the document as it is solved. */
export async function openToml() {
  const dialog = find("dialog");
  area = h("textarea", { class: "code-area", spellcheck: "false", "aria-label": t("toml.title"), rows: 22, readonly: true, "aria-busy": "true", placeholder: t("toml.reading") });
  const problem = h("div", { role: "alert" });
  const upload = h("input", { type: "file", accept: ".toml,text/plain", id: "upload", class: "hidden", tabindex: -1, on: { change: () => read(upload.files[0], problem) } });
  fill(dialog, h("form", { method: "dialog", class: "dialog-body" },
    h("header", { class: "dialog-head" }, h("h2", { id: "dialog-title" }, t("toml.title")), h("button", { class: "quiet", "aria-label": t("toml.close") }, "×")),
    h("p", { class: "hint" }, t("toml.hint")), area, problem,
    h("div", { class: "dialog-foot" },
      h("button", { type: "button", class: "primary", on: { click: () => applied(area.value, problem) } }, t("toml.apply")),
      h("button", { type: "button", on: { click: () => save(`${slug(state.doc.name)}.toml`, area.value, "application/toml") } }, t("toml.download")),
      h("label", { for: "upload", class: "button", role: "button", tabindex: 0, on: { keydown: (event) => ["Enter", " "].includes(event.key) && upload.click() } }, t("toml.upload")), upload,
      h("button", { type: "button", on: { click: () => navigator.clipboard?.writeText(area.value) } }, t("toml.copy")))));
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.showModal();
  const mine = area;
  try {
    mine.value = await (await file("export/scenario.toml", asked())).text();
  } catch (error) {
    complain(problem, error);
  }
  mine.readOnly = false;
  mine.removeAttribute("aria-busy");
}

/** A name for a file, from the scenario's own. */
export const slug = (name) => (name || "scenario").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "scenario";

async function applied(text, problem) {
  try {
    const { scenario } = await post("scenarios/validate", { toml: text });
    change({ doc: scenario, strengths: {}, world: scenario.world ?? known.worlds[0].name }, "doc");
    find("dialog").close();
  } catch (error) {
    complain(problem, error);
  }
}

async function read(given, problem) {
  if (!given) return;
  if (given.size > MOST) return complain(problem, new Refused(413, { message: t("toml.too_large") }));
  area.value = await given.text();
  await applied(area.value, problem);
}

const complain = (node, error) => fill(node, h("p", { class: "problem said" }, error.message));
