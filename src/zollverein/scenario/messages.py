"""Errors in the words of the file: where, what was written, what the key means, what is near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


def place(index: int, key: str, kind: str, name: str) -> str:
    """``measures[2].importers (3rd measure, embargo 'Chips')``; the index counts from 0."""
    suffix = (
        "th" if index % 100 in (10, 11, 12) else {0: "st", 1: "nd", 2: "rd"}.get(index % 10, "th")
    )
    what = " ".join(part for part in (kind, f"'{name}'" if name else "") if part)
    return f"measures[{index}]{'.' + key if key else ''} ({index + 1}{suffix} measure{', ' + what if what else ''})"


def explain(entry: Mapping[str, Any], data: Any, model: type[BaseModel]) -> str:
    """One validation error as one sentence, in the terms of the file."""
    loc = list(entry["loc"])
    if len(loc) > 1 and loc[0] == "measures" and isinstance(loc[1], int):
        measure = _measure(data, loc[1])
        kind = str(measure.get("kind", ""))
        keys = [part for part in loc[2:] if part != kind]
        model = _kinds().get(kind, model)
        where = place(loc[1], _path(keys), kind, str(measure.get("name", "")))
    else:
        keys, where = loc, _path(loc)
    text = _text(entry, keys, model)
    field = model.model_fields.get(str(keys[0])) if keys else None
    meaning = f" ({keys[0]}: {_meaning(field)})" if field is not None and _meaning(field) else ""
    return f"{where}: {text}{meaning}." if where else f"{text[0].upper()}{text[1:]}{meaning}."


def _text(entry: Mapping[str, Any], keys: Sequence[Any], model: type[BaseModel]) -> str:
    """What is wrong, without the place and the final full stop."""
    kind, value, context = entry["type"], entry["input"], entry.get("ctx", {})
    if kind == "extra_forbidden":
        valid = list(model.model_fields)
        return f"unknown key '{keys[-1]}'{did_you_mean(str(keys[-1]), valid)} Valid keys are {listed(valid)}"
    if kind == "missing":
        return f"the key '{keys[-1]}' is missing"
    if kind == "union_tag_not_found":
        return f"the key 'kind' is missing; it is one of {listed(list(_kinds()), 'or')}"
    if kind == "union_tag_invalid":
        tag = str(context["tag"])
        return f"'{tag}' is not a kind of measure{did_you_mean(tag, _kinds())} Kinds are {listed(list(_kinds()))}"
    if kind == "literal_error":
        valid = [part.strip("' ") for part in context["expected"].replace(" or ", ", ").split(",")]
        near = did_you_mean(value, valid) if isinstance(value, str) else "."
        return f"{kind_of(value)} is not valid{near} Choose {listed(valid, 'or')}"
    if kind == "value_error":
        return str(context["error"])
    wanted = {
        "bool": "true or false",
        "string": "a text",
        "dict": "a table",
        "tuple": "a list, one [[measures]] each",
    }
    needed = wanted.get(kind.split("_")[0], "a table of keys")
    return f"must be {needed}, not {kind_of(value)}"


def _measure(data: Any, index: int) -> Mapping[str, Any]:
    """The measure at ``index`` as it was written; empty if it is not a table."""
    measures = data.get("measures", ()) if isinstance(data, Mapping) else ()
    found = measures[index] if isinstance(measures, Sequence) and index < len(measures) else {}
    if isinstance(found, BaseModel):
        return found.model_dump()
    return found if isinstance(found, Mapping) else {}


def _path(keys: Sequence[Any]) -> str:
    """``blocs.Coalition`` or ``measures[2]``."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text


def _meaning(field: Any) -> str:
    """What a key means: the description of its field, also where it is optional."""
    if field.description:
        return str(field.description)
    for option in getattr(field.annotation, "__args__", ()):
        for extra in getattr(option, "__metadata__", ()):
            if getattr(extra, "description", None):
                return str(extra.description)
    return ""


def _kinds() -> dict[str, type[BaseModel]]:
    """The kinds of measure; imported late because measures report through this module."""
    from zollverein.scenario.measures import KINDS

    return dict(KINDS)
