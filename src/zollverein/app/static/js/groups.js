// Groups of one's own, of countries and of sectors: made, named, filled and taken away.
import { fill, fresh, h } from "./dom.js";
import { fold } from "./fold.js";
import { asList, options } from "./names.js";
import { picker } from "./picker.js";
import { change, edit, state } from "./state.js";
import { t } from "./text.js";
import { AXES, readable, renamed, users } from "./uses.js";

const LONGEST = 60;

/** The part of the policy panel; `wrong(path)` says whether the server named a place. */
export function groupsView(wrong) {
  const axes = Object.keys(AXES);
  const count = axes.reduce((sum, axis) => sum + Object.keys(state.doc[axis] ?? {}).length, 0);
  return fold("groups", [t("groups.title"), h("span", { class: "count" }, String(count))],
    h("p", { class: "hint" }, t("groups.hint")),
    axes.map((axis) => h("section", { class: "own-groups", "aria-label": t(`groups.${axis}`) },
      h("h4", {}, t(`groups.${axis}`)),
      Object.keys(state.doc[axis] ?? {}).map((name, i) => card(axis, name, `${axis}[${i}]`, wrong(`${axis}.${name}`))),
      h("button", { type: "button", class: "quiet small", data: { key: `${axis}:add` }, on: { click: () => add(axis) } }, t(`groups.add_${axis}`)))));
}

function card(axis, name, path, problem) {
  const members = asList(state.doc[axis][name]);
  const said = h("p", { class: "problem", role: "alert" });
  const by = users(state.doc, axis, name);
  const id = fresh("group");
  const input = h("input", { id, type: "text", maxlength: LONGEST, value: name, data: { key: `${path}:name` }, on: { change: rename } });
  return h("article", { class: `card own${problem ? " wrong" : ""}`, data: { [axis === "blocs" ? "bloc" : "group"]: name } },
    h("div", { class: "words" }, h("label", { for: id, class: "field-label" }, t("groups.name")), input),
    picker({ title: t("groups.members"), of: AXES[axis], value: members, changed: filled, key: `${path}:members`, without: name }),
    h("p", { class: "hint" }, !members.length ? t("groups.empty") : by.length ? t("groups.used_by", { users: by.join(", ") }) : t("groups.unused")),
    problem && h("p", { class: "problem" }, problem), said,
    h("button", { type: "button", class: "quiet small danger", data: { key: `${path}:remove`, next: `${axis}:add` }, "aria-label": t("groups.remove_one", { name }), on: { click: removed } }, t("groups.remove")));

  function rename() {
    const wanted = input.value.trim();
    if (wanted === name) return;
    const refusal = refused(wanted);
    if (refusal) {
      fill(said, t(refusal, { name: wanted }));
      input.value = name;
      return;
    }
    change({ doc: renamed(state.doc, axis, name, wanted) }, "doc", { edited: true });
  }

  /** Why a name cannot be given, as the key of a text; nothing where it can. */
  function refused(wanted) {
    if (!wanted) return "groups.nameless";
    if (taken(axis, wanted, name)) return "groups.taken";
    return readable(state.doc, axis, name, wanted) ? null : "groups.unreadable";
  }

  function filled(value) {
    edit((doc) => { doc[axis][name] = value; });
  }

  function removed() {
    if (by.length) return fill(said, t("groups.in_use", { users: by.join(", ") }));
    edit((doc) => {
      delete doc[axis][name];
      if (!Object.keys(doc[axis]).length) delete doc[axis];
    });
  }
}

function add(axis) {
  const stem = t(`groups.new_${axis}`);
  let name = stem;
  for (let i = 2; taken(axis, name); i += 1) name = `${stem} ${i}`;
  edit((doc) => { doc[axis] = { ...doc[axis], [name]: [] }; });
}

/** Whether a name already stands for something; the case of letters does not tell two apart. */
function taken(axis, name, own = "") {
  const known = [...options(AXES[axis]).flatMap((one) => [one.value, one.title]), ...Object.keys(state.doc[axis] ?? {})];
  return known.some((other) => other !== own && other.toLowerCase() === name.toLowerCase());
}
