// What the numbers rest on, how well the equilibrium holds, and what would change them.
import { fill, find, h } from "./dom.js";
import { plain, scientific } from "./format.js";
import { known, world } from "./state.js";
import { t, titled } from "./text.js";

const FACTS = ["model", "closure", "horizon", "labour", "capital", "elasticity_name"];

const CHANGERS = ["change_elasticity", "change_horizon", "change_closure", "change_size", "change_data", "change_model"];

const open = new Set(); // lists that stay open when the panel is drawn anew

/** The strip under the headline: one line of trust, always on screen. */
export function drawStrip(answer) {
  const { certificate = {}, assumptions = {} } = answer;
  fill(find("strip"),
    h("span", { class: certificate.holds === false ? "badge bad" : "badge good" }, certificate.holds === false ? t("strip.fails") : t("strip.holds")),
    h("span", {}, t("strip.residual", { residual: scientific(certificate.certified ?? certificate.residual) })),
    Number.isFinite(certificate.milliseconds) && h("span", {}, t("strip.time", { ms: plain(certificate.milliseconds), steps: certificate.iterations ?? "–" })),
    assumptions.illustrative && h("span", { class: "badge warn" }, t("strip.illustrative")),
    h("button", { type: "button", class: "linklike", on: { click: visit } }, t("strip.more")));
}

/** To the panel; on a small screen it is a view of its own. */
function visit() {
  if (!find("trust").checkVisibility()) find("tabs").querySelector("[data-view=trust]").click();
  find("trust").scrollIntoView({ block: "start" });
}

const said = (name, value) => known.choices[name === "elasticity_name" ? "trade_elasticity" : name]?.find((choice) => choice.value === value);

export function drawTrust(answer) {
  const { assumptions = {}, certificate = {} } = answer;
  const place = world();
  const fact = (name, value, extra) => [h("dt", {}, name), h("dd", {}, value, extra && h("span", { class: "quiet-text" }, ` – ${extra}`))];
  fill(find("trust"),
    h("h2", { class: "panel-title" }, t("trust.title")),
    h("div", { class: "columns" },
      h("section", {}, h("h3", {}, t("trust.assumptions")),
        h("dl", { class: "facts" }, fact(t("trust.world"), place.title || place.name),
          FACTS.filter((name) => assumptions[name]).map((name) => fact(t(`assumptions.${name}`), said(name, assumptions[name])?.title ?? assumptions[name], said(name, assumptions[name])?.description)),
          fact(t("trust.sizes"), t(assumptions.illustrative ? "trust.illustrative" : "trust.not_illustrative"))),
        list("trust.adjustments", assumptions.adjustments ?? place.adjustments), list("trust.sources", place.sources),
        h("h3", {}, t("trust.change")), h("ul", { class: "plain-list" }, CHANGERS.map((key) => h("li", {}, t(`trust.${key}`))))),
      h("section", {}, h("h3", {}, t("trust.certificate")), certificateView(certificate))));
}

function list(title, entries) {
  if (!entries?.length) return null;
  const text = (entry) => (typeof entry === "string" ? entry : [entry.title ?? entry.name, entry.text ?? entry.citation ?? entry.source, entry.licence].filter(Boolean).join(" · "));
  return h("details", { open: open.has(title), on: { toggle: ({ target }) => target.isConnected && (target.open ? open.add(title) : open.delete(title)) } }, h("summary", {}, t(title), h("span", { class: "count" }, String(entries.length))), h("ul", { class: "plain-list" }, entries.map((entry) => h("li", {}, text(entry)))));
}

function certificateView(certificate) {
  if (!certificate.conditions) return h("p", { class: "hint" }, t("trust.certificate_waits"));
  const worst = Math.max(...certificate.conditions.map((condition) => condition.residual ?? Infinity));
  return h("div", {}, h("p", { class: "about" }, t(certificate.holds ? "trust.holds" : "trust.fails", { residual: scientific(worst) })),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("trust.certificate") },
      h("table", { class: "data certificate" }, h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "name" }, t("trust.condition")), h("th", { scope: "col", class: "number" }, t("trust.residual")))),
        h("tbody", {}, certificate.conditions.map((condition) => h("tr", { class: condition.residual === worst ? "focused" : null },
          h("th", { scope: "row", class: "name" }, titled(`conditions.${condition.name}`, condition.name), h("span", { class: "quiet-text block" }, condition.says)),
          h("td", { class: "number" }, scientific(condition.residual))))))));
}

