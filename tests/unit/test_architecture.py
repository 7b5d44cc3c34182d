"""The shape of the package, read from its source: who may import whom, and who may touch files."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import dedupe
from dedupe.errors import DedupeError

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "dedupe"

LAYERS = (
    ("errors", "patterns", "bundled"),
    ("model",),
    ("kernels",),
    ("rules", "edits", "settings", "facts", "factkey", "opposites", "configtree"),
    ("stages", "neardup", "audit", "summary", "store", "config", "report"),
    ("pipeline", "engines"),
    ("api",),
    ("cli", "__main__", "integrations"),
    ("__init__",),
)
"""Lowest first. A unit imports from lower layers only; units of one layer never meet."""

LEVEL = {unit: level for level, units in enumerate(LAYERS) for unit in units}

SAME_LAYER = {
    ("__main__", "cli"): "`python -m dedupe` is the command line by another name",
}

HELPERS = {
    ("decode", "plausibility"): "how likely a decoding is, is half of the decoder",
    ("decode", "charset"): "what the carrier and the page declare, before anything is tried",
    ("page", "segment"): "the passages of a page, which go whole or not at all",
    ("repeats", "copies"): "what counts as a copy, apart from how it is marked",
    ("repeats", "page"): "the document as the judge of repeats sees it",
    ("repeats", "stretch"): "a copy's alignment, carried to its borders",
    ("repeats", "standing"): "what of a page still stands, and where",
    ("copies", "page"): "the document as the judge of repeats sees it",
    ("stretch", "page"): "the document as the judge of repeats sees it",
    ("standing", "page"): "the document as the judge of repeats sees it",
    ("standing", "slips"): "how noisy a copy is decides what is a slip in it",
    ("template", "slips"): "how noisy a copy is decides what is a slip in it",
    ("slips", "page"): "the document as the judge of repeats sees it",
    ("repeats", "bodies"): "what counts as a copy, apart from how it is marked",
    ("repeats", "template"): "what counts as a copy, apart from how it is marked",
    ("repeats", "verse"): "what counts as no copy: a song says its stanzas again",
    ("verse", "page"): "the document as the judge of repeats sees it",
    ("copies", "bodies"): "the largest of the kinds of copies, apart from the others",
    ("bodies", "page"): "the document as the judge of repeats sees it",
    ("template", "page"): "the document as the judge of repeats sees it",
    ("metadata", "dates"): "how pages write dates, in some twenty languages",
    ("metadata", "language"): "the language of a page, which dates and metadata ask for",
    ("pagehints", "dates"): "the day under a title, as ISO 8601",
    ("extract", "pagehints"): "what the page says of itself, apart from its article",
    ("extract", "pagegaps"): "what stands between an article's lines, in the element that holds them",
    ("pagegaps", "pagelines"): "the same lines, of page and article",
    ("extract", "pagelines"): "the lines of a page, and which of them are links at its text's edges",
    ("extract", "pageparts"): "the sections of a page that are about other stories",
    ("pageparts", "pagelines"): "what a section is made of: the same lines",
    ("mojibake", "plausibility"): "a repair is taken if it reads better, by the decoder's own measure",
    ("titles", "pagehead"): "the lines above the first one of running text",
    ("pagehead", "headline"): "how long a line of its script is",
    ("titles", "headline"): "what of a title line is the title, apart from where it stands twice",
    ("metadata", "headline"): "the title that is stated is the title that stays",
    ("normalise", "mojibake"): "a step of the normaliser, with tables of its own",
    ("normalise", "ftfy_gate"): "a step of the normaliser, with a proof of its own",
}
"""Stages know nothing of each other; these modules are parts of one judge, kept readable."""

ONLY_IN = {
    "click": ("cli",),
    "yaml": ("configtree", "rules.loader"),
    "ftfy": ("stages.ftfy_gate",),
    "datasketch": ("neardup",),
    "jinja2": ("report.page",),
    "trafilatura": ("stages.extract",),
    "lxml": ("stages.extract", "stages.pagelines"),
    "re2": ("rules",),
    "rocksdict": ("store.index.rocks",),
    "zstandard": ("store",),
    "pyarrow": ("store",),
    "fastwarc": ("store.readers",),
    "scrapy": ("integrations",),
    "itemadapter": ("integrations",),
    "multiprocessing": ("engines",),
    "concurrent": ("engines",),
    "fcntl": ("store.staging", "store.index.turns"),
    "socket": (),
    "urllib": (),
    "http": (),
    "requests": (),
    "random": (),
    "secrets": (),
}
"""Where a library may be imported. Chance has no place: equal input, equal bytes."""

IMPORTERS = frozenset(["import_module", "_library", "pyarrow"])
"""What imports a library by its name, when it is first wanted."""

FILE_CALLS = frozenset(
    [
        "open",
        "fdopen",
        "read_text",
        "write_text",
        "read_bytes",
        "write_bytes",
        "fromfile",
        "tofile",
        "memmap",
        "mkstemp",
        "NamedTemporaryFile",
        "TemporaryFile",
    ]
)

OPENS_FILES = {
    "store": "its purpose",
    "config": "reads configs and the bundled defaults",
    "rules.loader": "reads rule packs",
    "rules.kept": "what was made of them, kept between runs",
    "kernels.view": "reads the bundled table of traditional characters",
    "cli": "standard streams, `init`, and the log of a bug",
}

TOP_LEVEL = frozenset(
    [
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "dedupe",
        "configs",
        "docs",
        "tests",
        "samples",
        ".ci",
        ".gitignore",
        ".pre-commit-config.yaml",
    ]
)
NOT_OURS = frozenset(
    [
        ".git",
        ".venv",
        ".hypothesis",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        "__pycache__",
        "build",
        "dist",
        "out",
        "clean",
        "PKG-INFO",
    ]
)


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its name without ``dedupe.``; a package by its own name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found[name] = ast.parse(path.read_text("utf-8"), str(path))
    return found


@cache
def imports(name: str) -> frozenset[str]:
    """
    All a module imports: full names, ours without ``dedupe.``.

    With TYPE_CHECKING, inside functions, and, if they are not ours, by the name that a call of `IMPORTERS` is given.
    """
    found = set()
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.Call) and _called(node) in IMPORTERS:
            given = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
            found |= {one for one in given if not one.startswith("dedupe.")}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: relative imports hide what is imported"
            assert node.module is not None
            found |= {_target(node.module, alias.name) for alias in node.names}
    return frozenset(one.removeprefix("dedupe.") for one in found)


def _called(node: ast.Call) -> str:
    """The last word of what is called."""
    match node.func:
        case ast.Name(id=word) | ast.Attribute(attr=word):
            return word
    return ""


def _target(module: str, name: str) -> str:
    """``from module import name``: a module if there is one of that name, else the module it is from."""
    whole = f"{module}.{name}"
    return whole if whole.removeprefix("dedupe.") in modules() else module


def ours(name: str) -> list[str]:
    return sorted(one for one in imports(name) if one in modules())


def unit(name: str) -> str:
    return name.partition(".")[0]


def within(name: str, places: tuple[str, ...] | dict[str, str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def test_every_module_has_a_layer() -> None:
    assert {unit(name) for name in modules()} <= set(LEVEL)


@pytest.mark.parametrize("name", modules())
def test_imports_run_downward_only(name: str) -> None:
    wrong = [
        f"{name} -> {other}"
        for other in ours(name)
        if unit(other) != unit(name)
        and LEVEL[unit(other)] >= LEVEL[unit(name)]
        and (unit(name), unit(other)) not in SAME_LAYER
    ]
    assert not wrong


def test_a_stage_knows_no_other_stage() -> None:
    wrong = [
        f"{name} -> {other}"
        for name in modules()
        if unit(name) == "stages"
        for other in ours(name)
        if unit(other) == "stages" and (name.removeprefix("stages."), other.removeprefix("stages.")) not in HELPERS
    ]
    assert not wrong


def test_no_exception_is_listed_that_nobody_needs() -> None:
    used = {(unit(name), unit(other)) for name in modules() for other in ours(name)}
    helped = {
        (name.removeprefix("stages."), other.removeprefix("stages.")) for name in modules() for other in ours(name)
    }
    assert set(SAME_LAYER) <= used
    assert set(HELPERS) <= helped


def test_no_two_modules_import_each_other() -> None:
    TopologicalSorter({name: set(ours(name)) - {name} for name in modules()}).prepare()


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_in_its_place(library: str) -> None:
    users = [name for name in modules() if any(one.partition(".")[0] == library for one in imports(name))]
    assert [name for name in users if not within(name, ONLY_IN[library])] == []
    assert [place for place in ONLY_IN[library] if not any(within(name, (place,)) for name in users)] == []


def _file_calls(name: str) -> list[str]:
    calls = []
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.Call):
            word = _called(node)
            if word in FILE_CALLS:
                calls.append(f"dedupe.{name}:{node.lineno}: {word}")
    return calls


@pytest.mark.parametrize(
    "name",
    [name for name in modules() if not within(name, OPENS_FILES)],
)
def test_only_the_store_touches_files(name: str) -> None:
    assert _file_calls(name) == []


def test_no_process_wide_state_is_declared() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name in modules()
        for node in ast.walk(modules()[name])
        if isinstance(node, ast.Global)
    ]
    assert wrong == []


def test_the_top_level_holds_what_the_design_names() -> None:
    there = {name for name in os.listdir(ROOT) if name not in NOT_OURS and not name.endswith(".egg-info")}  # noqa: PTH208
    assert there <= TOP_LEVEL


def test_the_public_names_are_sorted_and_there() -> None:
    assert dedupe.__all__ == sorted(dedupe.__all__)
    for name in dedupe.__all__:
        assert getattr(dedupe, name) is not None


def test_the_public_names_are_those_the_type_checker_sees() -> None:
    block = next(node for node in modules()["__init__"].body if isinstance(node, ast.If))
    seen = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        assert node.module is not None
        seen |= {alias.name: node.module for alias in node.names}
    assert sorted(seen) == dedupe.__all__
    for name, home in seen.items():
        assert getattr(dedupe, name) is getattr(import_module(home), name)


def test_what_a_caller_catches_and_is_given_is_public() -> None:
    """The classes of errors that say what follows, and whatever a result is made of."""
    kinds = {kind for kind in DedupeError.__subclasses__() if kind.__module__ == "dedupe.errors"}
    given = {dedupe.Result}
    for _ in range(3):
        told = {hint for kind in given for hint in get_type_hints(kind).values()}
        parts = {part for hint in told for part in (hint, *get_args(hint))}
        given |= {part for part in parts if isinstance(part, type) and part.__module__ == "dedupe.model"}
    public = {getattr(dedupe, name) for name in dedupe.__all__}
    assert kinds | given <= public


def test_a_shell_completes_the_public_names() -> None:
    assert set(dedupe.__all__) <= set(dir(dedupe))


def test_a_type_checker_finds_a_slip_in_a_public_name(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text("from dedupe import Cleaner, Cleanser\n")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "job.py"]
    told = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "MYPYPATH": str(ROOT)}, capture_output=True, text=True, check=False
    ).stdout
    assert 'Module "dedupe" has no attribute "Cleanser"' in told
    assert told.count("error:") == 1


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Cleanser'"):
        dedupe.Cleanser  # noqa: B018


def test_every_package_names_only_what_it_has() -> None:
    for name in modules():
        module = import_module("dedupe" if name == "__init__" else f"dedupe.{name}") if name != "__main__" else None
        for public in getattr(module, "__all__", ()):
            assert hasattr(module, public), f"{name}.{public}"


def test_asking_for_help_does_not_load_the_heavy_libraries() -> None:
    heavy = ["numpy", "yaml", "ftfy", "rocksdict", "datasketch", "trafilatura", "multiprocessing"]
    code = f"import sys, dedupe, dedupe.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
