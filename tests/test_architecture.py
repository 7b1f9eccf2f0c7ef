"""The rules of ARCHITECTURE.md, held by the source itself."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import asgi

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"
SOURCES = [path for path in sorted(APP.rglob("*.py")) if "piccolo_migrations" not in path.parts]


def ranks() -> dict[str, int]:
    """The map in ARCHITECTURE.md: a part may import only from parts in lines below its own."""
    text = (ROOT / "ARCHITECTURE.md").read_text()
    lines = text.split("## The map")[1].split("```")[1].strip().splitlines()
    names = [re.split(r"\s{3,}", line)[0].split() for line in lines]
    return {name: rank for rank, line in enumerate(names) for name in line}


RANK = ranks()


def module(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")


def part(name: str) -> str:
    """The part of the program that a module belongs to: the name below app."""
    pieces = name.split(".")
    return pieces[1] if len(pieces) > 1 else pieces[0]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (
                [f"app.{name.name}" for name in node.names if name.name != "__version__"]
                if node.module == "app"
                else [node.module]
            )
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_imports_run_one_way(path: Path):
    here = part(module(path))
    for name in imports(path):
        there = part(name)
        if name.startswith("app.") and here not in {there, "__main__"}:
            assert RANK[there] > RANK[here], f"{module(path)} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_inside_a_feature_imports_go_from_addresses_to_actions_to_tables(path: Path):
    order = ["controllers", "api", "actions", "queries", "tables"]
    here = next(
        (kind for kind in order if kind in path.relative_to(APP).with_suffix("").parts), None
    )
    if here is None:
        return
    for name in imports(path):
        kinds = [kind for kind in order if kind in name.split(".")]
        if name.startswith("app.") and part(name) == part(module(path)) and kinds:
            assert order.index(kinds[0]) >= order.index(here), f"{module(path)} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_actions_and_queries_do_not_know_that_http_exists(path: Path):
    if {"actions", "queries", "tables"} & set(path.relative_to(APP).with_suffix("").parts):
        for name in imports(path):
            is_http = f"{name}.".startswith(("litestar.", "app.web."))
            assert not is_http, f"{module(path)} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_only_stock_actions_write_stock(path: Path):
    writes = re.findall(
        r"Stock(?:Level|Event)\.(?:update|insert|delete|raw\(\s*\"(?!SELECT))", path.read_text()
    )
    if not path.is_relative_to(APP / "stock" / "actions"):
        assert not writes, f"{module(path)} writes {writes}"


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_the_rules_for_scarce_things_hold(path: Path):
    source = path.read_text()
    inside = path.relative_to(APP).as_posix()

    if not inside.startswith("database/"):
        assert ".transaction(" not in source, "an action is the only transaction"
    assert "time.sleep(" not in source
    assert "utcnow(" not in source
    if "actions" in inside:
        assert "except Refusal" not in source, "a refusal ends the whole action"
        assert "create_task" not in source
    if inside != "web/render.py":
        assert "hx-request-type" not in source.lower(), "only web/render.py looks at that header"
    if inside != "clock.py" and not inside.startswith("commands/"):
        assert "datetime.now(" not in source, "app.clock says what time it is"
    if not inside.startswith(("database/", "books/", "commands/")):
        assert "import sqlite3" not in source or inside in {"web/failures.py", "health.py"}


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_every_module_says_what_it_is_for(path: Path):
    tree = ast.parse(path.read_text())

    assert path.read_text() == "" or ast.get_docstring(tree), module(path)


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_every_action_says_what_it_does(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.AsyncFunctionDef) and any(
            isinstance(d, ast.Name) and d.id == "action" for d in node.decorator_list
        ):
            is_public = not node.name.startswith("_")
            assert ast.get_docstring(node) or not is_public, f"{module(path)}.{node.name}"


def test_no_file_of_ours_is_long():
    files = [*SOURCES, *(ROOT / "static/js").glob("*.js"), *(ROOT / "static/css").rglob("*.css")]
    long = {file.name: n for file in files if (n := len(file.read_text().splitlines())) > 250}

    assert not long


def test_every_address_has_somebody_at_its_door():
    """A new address is behind the door, a token, or on this list."""
    app = asgi.APP.app  # type: ignore[attr-defined]
    open_to_all = {
        "/sign-in",
        "/sign-in/pin",
        "/welcome/{code:str}",
        "/healthz",
        "/readyz",
        "/static/{name:path}",
    }
    open_to_all |= {"/v1/openapi.json", "/v1/docs"}

    for route in app.routes:
        for handler in route.route_handlers:
            guard = getattr(handler.resolve_before_request(), "__name__", None)
            programs = {"/v1": "admit", "/metrics": "with_token"}
            expected = programs.get(f"/{route.path.split('/')[1]}", "enter")
            if route.path not in open_to_all:
                assert guard == expected, f"{route.path} is open to everybody"


def test_the_map_names_every_part_of_the_program_and_no_other():
    parts = {part(module(path)) for path in SOURCES} - {"__init__", "__main__"}

    assert set(RANK) == parts


def test_a_server_loads_nothing_that_it_never_uses():
    """So that it is back soon after a restart."""
    loaded = "import sys; from app.asgi import create_app; create_app(); print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert {"pydantic", "attrs", "pytest"} & set(told.stdout.split()) == set()
