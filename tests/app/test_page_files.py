"""The files of the page, without a browser: texts, modules, nothing inline, nothing from elsewhere."""

import json
import re
from importlib.resources import files

STATIC = files("zollverein") / "app" / "static"


def read(*parts):
    return STATIC.joinpath(*parts).read_text(encoding="utf-8")


MODULES = {
    path.name: path.read_text(encoding="utf-8")
    for path in (STATIC / "js").iterdir()
    if path.name.endswith(".js")
}


def leaves(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def test_every_text_that_is_asked_for_exists():
    known = set(leaves(json.loads(read("text.json"))))
    asked = {key for code in MODULES.values() for key in re.findall(r"\bt\(\"([\w.]+)\"", code)}
    assert len(asked) > 100
    assert asked <= known
    computed = {
        prefix
        for code in MODULES.values()
        for prefix in re.findall(r"(?:\bt|titled|has)\(`([\w.]+)\.\$\{", code)
    }
    assert computed
    assert {
        prefix for prefix in computed if not any(key.startswith(prefix) for key in known)
    } == set()


def test_no_text_is_without_use():
    """A word that nobody shows is a trap for translators."""
    code = "".join(MODULES.values())
    for key in leaves(json.loads(read("text.json"))):
        section, _, name = key.partition(".")
        direct = f'"{key}"' in code
        computed = f"{section}." in code and ("${" in code)
        assert direct or computed, key
        if section in {"header", "policy", "strip", "toml", "picker", "jobs", "problem", "table"}:
            assert direct or f'"{name}"' in code or f"`{section}.${{" in code, key


def test_every_placeholder_is_given():
    """Each {name} of a text is a key of the values at some call."""
    code = "".join(MODULES.values())
    texts = json.loads(read("text.json"))
    for key in leaves(texts):
        text = texts
        for part in key.split("."):
            text = text[part]
        for name in re.findall(r"\{(\w+)\}", text):
            assert re.search(rf"\b{name}\b", code), (key, name)


def test_the_page_names_all_of_its_modules_and_no_other():
    page = read("index.html")
    assert set(re.findall(r'modulepreload" href="js/([\w.]+)"', page)) == set(MODULES)
    for name, code in MODULES.items():
        for other in re.findall(r'from "\./([\w.]+)"', code):
            assert other in MODULES, (name, other)


def test_modules_import_in_one_direction():
    """No cycle: every module can be understood from what it imports."""
    needs = {n: set(re.findall(r'from "\./([\w.]+)"', code)) for n, code in MODULES.items()}
    while needs:
        free = {name for name, others in needs.items() if not others & set(needs)}
        assert free, f"a cycle among {sorted(needs)}"
        needs = {name: others for name, others in needs.items() if name not in free}


def test_text_never_becomes_markup_or_code():
    banned = r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser"
    for name, code in MODULES.items():
        assert not re.search(banned, code), name
    page = read("index.html")
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|<style", page)


def test_nothing_comes_from_elsewhere():
    for name, text in {
        **MODULES,
        "index.html": read("index.html"),
        "app.css": read("app.css"),
    }.items():
        found = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", text))
        assert found <= {"http://www.w3.org/2000/svg"}, name
    assert "url(" not in read("app.css")
    assert "@import" not in read("app.css")


def test_both_dark_themes_are_the_same():
    """The one that the system asks for and the one that the switch sets."""
    blocks = re.findall(r"\{([^{}]*color-scheme: dark;)", read("app.css"))
    assert len(blocks) == 2
    assert blocks[0].split() == blocks[1].split()
