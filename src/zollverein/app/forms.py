"""What the forms of the page are made of: every kind of measure with its keys, every choice in words."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from zollverein.choices import WORDS
from zollverein.elasticities import elasticity_sets
from zollverein.scenario import KINDS, Scenario
from zollverein.scenario.values import Within

#: A range as wide as this or wider is too wide for a slider; the slider then goes this far.
_WIDE, _SLIDER = 2.0, 1.0
#: Largest value of a factor; what may be larger is an amount and has no slider.
_LARGE = 100
#: What each choice means, in one line.
_SAID: dict[str, dict[str, str]] = {
    "model": {
        "caliendo_parro": "many sectors linked by inputs (Caliendo and Parro 2015)",
        "armington": "the same equations, each country's goods its own variety",
        "ces": "inputs and final goods are hard to substitute (Baqaee and Farhi 2024)",
        "krugman": "economies of scale: the number of firms matters (Krugman 1980)",
    },
    "closure": {
        "share_of_world": "each trade balance stays a fixed share of world value added",
        "numeraire": "each trade balance stays fixed in units of the numeraire",
        "share_of_own": "each trade balance stays a fixed share of own value added",
        "zero": "every trade balance becomes zero",
    },
    "horizon": {
        "short": "labour stays in its sector, inputs are hard to replace, trade reacts less",
        "medium": "labour moves between sectors, capital is fixed",
        "long": "labour moves and capital adjusts to its return",
    },
    "labour": {
        "mobile": "moves freely between the sectors of a country",
        "sector_specific": "stays in its sector",
    },
    "capital": {"fixed": "does not change", "adjusting": "adjusts to its real return"},
    "on_no_supplier": {
        "error": "say so and stop",
        "shut_down": "the good drops out of what the country buys",
    },
    "combine": {
        "error": "refuse contradictory measures",
        "last": "the last measure counts",
        "add": "changes add up",
    },
}


def kinds() -> dict[str, Any]:
    """Kinds of measure with their keys, and the choices of a scenario with what each means."""
    return {
        "kinds": [_kind(name, cls) for name, cls in KINDS.items()],
        "choices": {key: _options(key, _choices_of(key)) for key in (*WORDS, "combine")},
        "elasticity_sets": [
            {"value": name, "says": source} for name, source in elasticity_sets().items()
        ],
        "numbers": [
            _key(name, field, required=False)
            for name, field in Scenario.model_fields.items()
            if _within(field) is not None
        ],
    }


def _kind(name: str, cls: Any) -> dict[str, Any]:
    """One kind of measure: what it is, and its keys."""
    fields = {key: field for key, field in cls.model_fields.items() if key != "kind"}
    return {
        "kind": name,
        "title": name.replace("_", " "),
        "says": (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ").replace("``", ""),
        "one_of": list(cls.one_of),
        "some_of": list(cls.some_of),
        "keys": [_key(key, field, required=field.is_required()) for key, field in fields.items()],
    }


def _key(name: str, field: Any, *, required: bool) -> dict[str, Any]:
    """One key: the type of its form, its range or choices, its default."""
    found: dict[str, Any] = {
        "key": name,
        "label": name.replace("_", " "),
        "hint": _meaning(field),
        "required": required,
        "default": None if required else field.get_default(call_default_factory=True),
    }
    parts = list(_parts(field.annotation))
    words = [word for part in parts if get_origin(part) is Literal for word in get_args(part)]
    within = _within(field)
    if within is not None:
        return found | {"type": "number"} | _range(within)
    if words:
        return found | {"type": "choice", "choices": _options(name, words)}
    if bool in parts:
        return found | {"type": "bool"}
    if any(get_origin(part) is dict for part in parts):
        return found | {"type": "table"}
    if any(get_origin(part) is tuple for part in parts):
        return found | {"type": "names", "of": "sectors" if name == "sectors" else "countries"}
    return found | {"type": "text"}


def _range(within: Within) -> dict[str, Any]:
    """The range of a number, and the part of it that a slider shows."""
    wide = within.high - max(within.low, 0.0) > _WIDE
    small = within.high <= _LARGE
    slider = [max(within.low, -_SLIDER), _SLIDER] if wide else [within.low, within.high]
    if within.high == _LARGE:
        slider = [within.low, 2 * _SLIDER]  # a factor: from none to twice as much
    return {
        "hint": f"{within.description} ({within.hint})" if within.hint else within.description,
        "min": within.low,
        "max": within.high,
        "open_min": within.open_low,
        "step": 0.01 if small else None,
        "slider": slider if small else None,
    }


def _meaning(field: Any) -> str:
    """What a key means: the description of its field, also where that is optional."""
    said = (getattr(mark, "description", None) for mark in (field, *_marks(field.annotation)))
    return next((str(text) for text in said if text), "")


def _within(field: Any) -> Within | None:
    """The range behind a key, wherever in its type it stands."""
    marks = [*field.metadata, *_marks(field.annotation)]
    return next((mark for mark in marks if isinstance(mark, Within)), None)


def _parts(annotation: Any) -> Iterator[Any]:
    """The type and every type inside it."""
    yield annotation
    for inner in get_args(annotation):
        if get_origin(annotation) is not Literal:
            yield from _parts(inner)


def _marks(annotation: Any) -> Iterator[Any]:
    """What stands beside types in ``Annotated``."""
    for part in _parts(annotation):
        if get_origin(part) is Annotated:
            yield from part.__metadata__


def _choices_of(key: str) -> list[str]:
    if key in WORDS:
        return list(WORDS[key])
    found = _parts(Scenario.model_fields[key].annotation)
    return [word for part in found if get_origin(part) is Literal for word in get_args(part)]


def _options(key: str, words: list[str]) -> list[dict[str, str]]:
    said = _SAID.get(key, {})
    return [{"value": word, "says": said.get(word, word.replace("_", " "))} for word in words]
