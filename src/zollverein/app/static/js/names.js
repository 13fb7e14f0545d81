// What a name in a measure may stand for: everyone, a bloc, a country; a group or a sector.
import { h } from "./dom.js";
import { countryName, state, world } from "./state.js";
import { t } from "./text.js";

/** Names of the document's own groups that have members. */
const filled = (groups) => Object.keys(groups ?? {}).filter((name) => asList(groups[name]).length);

/** Everything that can be chosen, with codes; own groups of the document come first. */
export function options(of) {
  const place = world();
  if (!place) return [];
  if (of === "sectors") {
    const groups = [...new Set(place.sectors.map((sector) => sector.group).filter(Boolean))];
    return [
      { value: "all", title: t("names.all_sectors"), group: "bloc" },
      ...filled(state.doc.sectors).map((name) => ({ value: name, title: t("names.own"), group: "own" })),
      ...groups.map((name) => ({ value: name, title: t("names.group"), group: "bloc" })),
      ...place.sectors.map((sector) => ({ value: sector.code, title: sector.title, group: "one" })),
    ];
  }
  return [
    { value: "all", title: t("names.all_countries"), group: "bloc" },
    ...filled(state.doc.blocs).map((name) => ({ value: name, title: t("names.own"), group: "own" })),
    ...place.blocs.map((bloc) => ({ value: bloc.name, title: bloc.title, group: "bloc" })),
    ...place.countries.map((country) => ({ value: country.code, title: country.name, group: "one", alias: country.iso2 })),
  ];
}

export const asList = (value) => (value === undefined || value === null || value === "" ? [] : Array.isArray(value) ? value : [value]);
export const asNames = (list) => (list.length === 1 ? list[0] : list);

/** A country as it stands in lists: its name and, where that is another word, its code. */
export function countryLabel(code) {
  const name = countryName(code);
  return [h("bdi", { class: "country-name" }, name), " ", name !== code && h("span", { class: "code" }, code)];
}

/** How a name reads: the country's or sector's own name, blocs as they are. */
export function label(value, of) {
  if (value === "all") return t(of === "sectors" ? "names.all_sectors" : "names.all_countries");
  const found = options(of).find((option) => option.value === value);
  if (found?.group === "one" || !value.includes("_")) return found?.group === "one" ? found.title : value;
  return value.toLowerCase().replace(/(^|_)(\w)/g, (_, gap, letter) => (gap ? " " : "") + letter.toUpperCase());
}

/** A name as an outcome of a question writes it: in quotes where it is of several words. */
export function inQuotes(name) {
  if (!/[\s,+"']/.test(name)) return name;
  const sign = name.includes('"') ? "'" : '"';
  return `${sign}${name}${sign}`;
}

/** The codes of the countries that names stand for. */
export function countriesOf(names) {
  const place = world();
  const seen = new Set();
  const found = new Set();
  const add = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    if (name === "all") return place.countries.forEach((country) => found.add(country.code));
    const own = state.doc.blocs?.[name];
    const shipped = place.blocs.find((bloc) => bloc.name === name);
    if (own) asList(own).forEach(add);
    else if (shipped) shipped.members.forEach((code) => found.add(code));
    else {
      const one = place.countries.find((country) => country.code === name || country.name === name);
      if (one) found.add(one.code);
    }
  };
  asList(names).forEach(add);
  return found;
}
