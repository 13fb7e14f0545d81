// How unsure the trade elasticities are: asked for where the published sets do not know the world's sectors, and
// kept in a question of the document, as in a file.
import { h } from "./dom.js";
import { number } from "./fields.js";
import { edit, known, state, world } from "./state.js";
import { t } from "./text.js";

const KEY = "elasticity_spread";
const RANGE = { min: 0.001, max: 1000 };

/** The question of the document that says it, else the one that should. */
function holder({ questions = [] }) {
  return questions.find((one) => one[KEY] !== undefined) ?? questions.find((one) => one.kind === "uncertainty");
}

/** What the document says: a number, a table by sector, "sets", or nothing. */
export const spread = () => holder(state.doc)?.[KEY];

const unknown = () => world().elasticity_sets.length < known.choices.trade_elasticity.length;

/** Whether draws must wait for it. */
export const missing = () => unknown() && [undefined, "sets"].includes(spread());

/** The field and what it is about, where the document or the world has a use for it; `draws` are those of the page. */
export function spreadField(draws) {
  const now = spread();
  if (!unknown() && now === undefined) return null;
  const key = { name: KEY, label: t("jobs.spread"), hint: t("jobs.spread_hint"), ...RANGE };
  const value = typeof now === "number" ? now : undefined;
  return h("div", { class: "spread" }, number(key, value, (size) => keep(size, draws), KEY),
    h("p", { class: "hint" }, [typeof now === "object" && t("jobs.spread_table"), unknown() && t("jobs.spread_unknown"), t("jobs.spread_hint")].filter(Boolean).join(" ")));
}

function keep(size, draws) {
  edit((doc) => {
    const questions = (doc.questions ??= []);
    const one = holder(doc) ?? questions[questions.push({ kind: "uncertainty", draws }) - 1];
    if (size === undefined) delete one[KEY];
    else one[KEY] = size;
    const ours = Object.keys(one).every((key) => ["kind", "draws"].includes(key)) && one.draws === draws;
    if (size === undefined && ours) questions.splice(questions.indexOf(one), 1);
    if (!questions.length) delete doc.questions;
  });
}
