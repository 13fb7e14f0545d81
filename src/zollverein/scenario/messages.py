"""Errors in the words of the file: where, what was written, what the key means, what is near."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from zollverein.names import did_you_mean
from zollverein.scenario.values import kind_of


def report(error: ValidationError, data: Any, model: type[BaseModel]) -> str:
    """All problems that validation found, as one message.

    Args:
        error: What pydantic found.
        data: What was validated, for the names of the measures.
        model: The class that was asked to validate it.
    """
    return gather(explain(entry, data, model) for entry in error.errors(include_url=False))


def gather(problems: Iterable[str]) -> str:
    """One message out of several; a single problem stays one line."""
    found = list(dict.fromkeys(problems))
    if len(found) == 1:
        return found[0]
    return "\n".join([f"{len(found)} problems:", *(f"  - {problem}" for problem in found)])


def listed(words: Sequence[str], joint: str = "and", quote: str = "'") -> str:
    """``'a', 'b' and 'c'``."""
    quoted = [f"{quote}{word}{quote}" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"


def place(index: int, key: str, kind: str, name: str, of: str = "measures") -> str:
    """``measures[2].importers (3rd measure, embargo 'Chips')``; the index counts from 0."""
    teen = index % 100 in (10, 11, 12)
    suffix = "th" if teen else {0: "st", 1: "nd", 2: "rd"}.get(index % 10, "th")
    what = " ".join(part for part in (kind, f"'{name}'" if name else "") if part)
    told = f"{index + 1}{suffix} {of.removesuffix('s')}{', ' + what if what else ''}"
    return f"{of}[{index}]{'.' + key if key else ''} ({told})"


def explain(entry: Mapping[str, Any], data: Any, model: type[BaseModel]) -> str:
    """One validation error as one sentence, in the terms of the file."""
    loc = list(entry["loc"])
    at_parent = entry["type"] in ("extra_forbidden", "missing")
    if len(loc) > 2 and loc[0] == "programmes" and isinstance(loc[1], int):
        return _in_programme(entry, loc, data)
    if len(loc) > 1 and loc[0] in _LISTS and isinstance(loc[1], int):
        one = _element(data, loc[0], loc[1])
        kind, name = str(one.get("kind", "")), str(one.get("name", ""))
        keys = [key for key in loc[2:] if key not in (kind, "word")]
        model, keys, path = _inside(one, keys, _kinds(loc[0]).get(kind, model))
        where = place(
            loc[1], _path([*path, *keys][: -1 if at_parent else None]), kind, name, loc[0]
        )
    else:
        keys = loc
        where = _path(keys[:-1] if at_parent else keys)
    text = _text(entry, model)
    field = model.model_fields.get(str(keys[0])) if keys else None
    told = f" ({keys[0]}: {meaning(field)})" if field is not None and meaning(field) else ""
    return f"{where}: {text}{told}." if where else f"{text[0].upper()}{text[1:]}{told}."


def _inside(
    one: Mapping[str, Any], keys: list[Any], model: type[BaseModel]
) -> tuple[type[BaseModel], list[Any], list[Any]]:
    """Class and keys of a table within a question (a case, a measure), and the way to it."""
    if keys[:2] == ["instrument", "measures"]:
        keys = ["instrument", *keys[2:]]
    if len(keys) < 2 or not isinstance(keys[1], int) or keys[0] not in _NESTED:
        return model, keys, []
    inner = _element(one, keys[0], keys[1])
    if keys[0] == "cases":
        from zollverein.scenario.questions import Case

        found: type[BaseModel] = Case
        rest = keys[2:]
    else:
        kind = str(inner.get("kind", ""))
        found = _kinds("measures").get(kind, model)
        rest = [key for key in keys[2:] if key != kind]
    deepest, last, path = _inside(inner, rest, found)
    return deepest, last, [*keys[:2], *path]


def _in_programme(entry: Mapping[str, Any], loc: list[Any], data: Any) -> str:
    """An error inside a programme, in the words that it would have outside, after its place."""
    from zollverein.scenario.programme import Programme

    programmes = data.get("programmes", ()) if isinstance(data, Mapping) else ()
    inside = programmes[loc[1]] if loc[1] < len(programmes) else {}
    name = inside.get("name", "") if isinstance(inside, Mapping) else ""
    told = f" ('{name}')" if name else ""
    rest = explain({**entry, "loc": tuple(loc[2:])}, inside, Programme)
    return f"programmes[{loc[1]}]{told}: {rest}"


def _text(entry: Mapping[str, Any], model: type[BaseModel]) -> str:
    """What is wrong, without the place and the final full stop."""
    kind, value, context = entry["type"], entry["input"], entry.get("ctx", {})
    key = str(entry["loc"][-1]) if entry["loc"] else ""
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        valid = [part.strip("' ") for part in context["expected"].replace(" or ", ", ").split(",")]
        near = did_you_mean(value, valid) if isinstance(value, str) else "."
        return f"{kind_of(value)} is not valid{near} Choose {listed(valid, 'or')}"
    if kind.startswith("union_tag"):
        asked = entry["loc"][0] == "questions" and not {"instrument", "cases"} & set(entry["loc"])
        return _tag("questions" if asked else "measures", context.get("tag"))
    if kind in _NAMING:
        return _NAMING[kind](key, context, _keys(model))
    if kind.startswith("tuple"):
        lists = [
            part for k, part in enumerate(entry["loc"]) if isinstance(part, str) and k != _KIND
        ]
        return f"must be a list of tables, each under [[{'.'.join(lists)}]], not {kind_of(value)}"
    return f"must be {_WANTED.get(kind.split('_')[0], 'a table of keys')}, not {kind_of(value)}"


def _keys(model: type[BaseModel]) -> list[str]:
    """Keys a table may have; the kind comes first."""
    return sorted(model.model_fields, key=lambda key: key != "kind")


def _unknown_key(key: str, _: Mapping[str, Any], valid: Sequence[str]) -> str:
    return f"unknown key '{key}'{did_you_mean(key, valid)} Valid keys are {listed(valid)}"


def _missing_key(key: str, _: Mapping[str, Any], __: Sequence[str]) -> str:
    return f"the key '{key}' is missing"


def _tag(which: str, tag: Any) -> str:
    """A kind that is missing or not one, of measures or of questions."""
    valid, what = list(_kinds(which)), which.removesuffix("s")
    if tag is None:
        return f"the key 'kind' is missing; it is one of {listed(valid, 'or')}"
    return (
        f"'{tag}' is not a kind of {what}{did_you_mean(str(tag), valid)} Kinds are {listed(valid)}"
    )


#: Lists of tables that are told apart by their kinds.
_LISTS = ("measures", "questions")
#: Where the place of an error within such a table names its kind.
_KIND = 2
#: Lists of tables within a question.
_NESTED = ("instrument", "cases", "measures")
#: Problems with a key rather than with its value.
_NAMING: dict[str, Callable[[str, Mapping[str, Any], Sequence[str]], str]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing_key,
}
#: What a value of the wrong type should have been.
_WANTED = {
    "bool": "true or false",
    "string": "a text",
    "dict": "a table",
}


def _element(data: Any, of: str, index: int) -> Mapping[str, Any]:
    """The measure or question at ``index`` as it was written; empty if it is not a table."""
    written = data.get(of, ()) if isinstance(data, Mapping) else ()
    written = [written] if isinstance(written, Mapping | BaseModel) else written
    found = written[index] if isinstance(written, Sequence) and index < len(written) else {}
    if isinstance(found, BaseModel):
        return found.model_dump()
    return found if isinstance(found, Mapping) else {}


def _path(keys: Sequence[Any]) -> str:
    """``blocs.Coalition`` or ``measures[2]``."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text


def meaning(field: Any) -> str:
    """What a key means: the description of its field, also where it is optional."""
    options = getattr(field.annotation, "__args__", ())
    marks = [mark for option in options for mark in getattr(option, "__metadata__", ())]
    for source in (field, *field.metadata, *marks):
        if getattr(source, "description", None):
            return str(source.description)
    return ""


def _kinds(which: str) -> dict[str, type[BaseModel]]:
    """Kinds of measures or questions; imported late because these report through this module."""
    from zollverein.scenario.measures import KINDS
    from zollverein.scenario.questions import QUESTIONS

    return dict(QUESTIONS if which == "questions" else KINDS)
