"""Rules of the house that no linter checks."""

import ast
import importlib
import pkgutil
import re
import statistics
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import zollverein
from zollverein.variables import VARIABLES

ROOT = Path(__file__).parents[1]
FILE_LINES = 400
FUNCTION_LINES = 40  # without the docstring
MEDIAN_LINES = 200

#: Files allowed to be longer, with the reason.
LONG_FILES: dict[str, str] = {}
#: Functions allowed to be longer ("path::name"), with the reason.
LONG_FUNCTIONS: dict[str, str] = {}

# Written in pieces, so that this file passes its own test.
HOSTS = ["pypi" + ".org", "python" + "hosted", "npm" + "js", "deb" + ".debian"]
MACHINE_PATHS = [r"(?<![\w.])/" + folder + "/" for folder in ("work", "root", "home")]
FORBIDDEN = re.compile("|".join([*map(re.escape, HOSTS), *MACHINE_PATHS]))
#: What an unfinished merge leaves behind.
CONFLICT = re.compile(r"^(<{7}|>{7}|\|{7}) ", re.MULTILINE)


def repository_files():
    """Every file that is or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    names = [name for name in listing.stdout.split("\0") if name]
    return sorted(path for name in names if (path := ROOT / name).is_file())


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def python_files():
    return [path for path in repository_files() if path.suffix == ".py"]


def text_of(path):
    return path.read_text(encoding="utf-8")


def length_without_docstring(function):
    """Lines from ``def`` to the end, the docstring not counted."""
    first, lines = function.body[0], function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def functions(path):
    tree = ast.parse(text_of(path))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def exports():
    return list(vars(zollverein)["__all__"])


def test_exports_are_sorted_and_bound():
    assert exports() == sorted(set(exports()))
    assert [name for name in exports() if not hasattr(zollverein, name)] == []


#: Public names that are packages of functions, on purpose.
PUBLIC_PACKAGES = ["statistics"]


def test_no_module_hides_a_public_name():
    """Importing a submodule must not replace the function of the same name."""
    for module in pkgutil.iter_modules(zollverein.__path__, "zollverein."):
        importlib.import_module(module.name)
    hidden = [name for name in exports() if isinstance(getattr(zollverein, name), ModuleType)]
    assert hidden == PUBLIC_PACKAGES


def test_every_public_name_is_in_the_reference():
    pages = (ROOT / "docs" / "reference").glob("*.md")
    text = "\n".join(text_of(page) for page in pages)
    documented = set(re.findall(r"auto\w+:: zollverein\.(\w+)", text))
    public = {name for name in exports() if not name.startswith("__")}
    assert sorted(public - documented) == []


def test_the_page_on_architecture_names_every_module_of_the_layers():
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"] == "layers")
    modules = {name for layer in layers for name in re.findall(r"\w+", layer)}
    table = text_of(ROOT / "ARCHITECTURE.md").split("| layer | modules |")[1].split("\n\n")[0]
    assert modules - set(re.findall(r"`(\w+)`", table)) == {"__main__", "data"}


def test_every_variable_is_defined():
    incomplete = [name for name, v in VARIABLES.items() if not (v.unit and v.symbol)]
    assert incomplete == []
    assert [name for name, v in VARIABLES.items() if not v.definition.endswith(".")] == []
    assert len({v.symbol for v in VARIABLES.values()}) == len(VARIABLES)


def test_files_are_short():
    lengths = {name_of(path): len(text_of(path).splitlines()) for path in python_files()}
    assert {n: k for n, k in lengths.items() if k > FILE_LINES and n not in LONG_FILES} == {}
    package = [k for n, k in lengths.items() if n.startswith("src/")]
    assert statistics.median(package) <= MEDIAN_LINES


def test_functions_are_short():
    lengths = {
        f"{name_of(path)}::{function.name}": length_without_docstring(function)
        for path in python_files()
        for function in functions(path)
    }
    long = {n: k for n, k in lengths.items() if k > FUNCTION_LINES and n not in LONG_FUNCTIONS}
    assert long == {}


def test_exceptions_are_still_needed():
    paths = {name_of(path) for path in python_files()}
    named = set(LONG_FILES) | {entry.split("::")[0] for entry in LONG_FUNCTIONS}
    assert named - paths == set()


@pytest.mark.parametrize("pattern", [FORBIDDEN, CONFLICT])
def test_no_registry_host_machine_path_or_unfinished_merge(pattern):
    found = {}
    for path in repository_files():
        try:
            match = pattern.search(text_of(path))
        except UnicodeDecodeError:
            continue  # binary data
        if match:
            found[name_of(path)] = match.group()
    assert found == {}


@pytest.mark.parametrize("name", ["run", "test"])
def test_pinned_requirements_hold_hashes_and_no_address(name):
    text = text_of(ROOT / "requirements" / f"{name}.txt")
    assert "://" not in text
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    assert all("==" in pin and pin.endswith("\\") for pin in pins)
    assert text.count("--hash=sha256:") >= len(pins)


def test_the_package_and_the_pinned_requirements_name_the_same():
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split("[>=]", line)[0].replace("_", "-") for group in groups for line in group}
    lines = "\n".join(text_of(ROOT / "requirements" / f"{name}.in") for name in ("run", "test"))
    pinned = re.findall(r"^[a-z][\w-]*", lines, re.MULTILINE)
    assert sorted(pinned) == sorted(names | {"hatchling", "editables"})  # what builds the package


def test_licence_and_attribution_are_there():
    assert "Apache License" in text_of(ROOT / "LICENSE")
    assert "CC BY 4.0" in text_of(ROOT / "NOTICE")
