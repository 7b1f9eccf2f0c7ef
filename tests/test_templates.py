"""The rules for templates, styles and scripts, held by the files themselves."""

import re
from pathlib import Path

import pytest

from tests import asgi

ROOT = Path(__file__).parents[1]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static/css").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
LAYERS = ["reset", "tokens", "base", "layout", "components", "utilities"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def pattern(address: str) -> re.Pattern[str]:
    """What an address in a template looks like, seen from its route."""
    return re.compile(re.sub(r"\{\w+:\w+\}", r"[^/?#]+", address) + r"/?")


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_the_first_line_says_what_a_template_is(path: Path):
    first = path.read_text().splitlines()[0]

    assert re.fullmatch(r"\{# .+ #\}", first)
    if path.parent.name not in {"layouts", "components", "errors"} and not path.name.startswith(
        "_"
    ):
        assert re.match(r"\{# GET /", first), "a page names its address"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_template_is_used(path: Path):
    sources = [p.read_text() for p in [*TEMPLATES, *(ROOT / "app").rglob("*.py")]]
    own = path.relative_to(ROOT / "templates").as_posix()

    assert any(f'"{own}"' in source for source in sources)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_keeps_to_our_content_policy(path: Path):
    source = path.read_text()

    assert not re.search(r"\sstyle=|\son\w+=|hx-on|js:|<script(?![^>]* src=)", source)
    assert not re.search(r"\|\s*safe|Markup", source)
    assert not re.search(r"\s[\w:-]+=\{\{", source), "an attribute is always quoted"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_address_in_a_template_leads_somewhere(path: Path):
    app = asgi.APP.app  # type: ignore[attr-defined]
    routes = [pattern(route.path) for route in app.routes]
    written = re.findall(
        r'(?:href|action|hx-get|hx-post|hx-sse:connect)="(/[^"#?]*)', path.read_text()
    )

    for address in written:
        plain = re.sub(r"\{\{ (?:query|address).*", "", address)
        plain = re.sub(r"\{\{.*?\}\}", "x", plain)
        if "{%" not in plain and plain != "/stock/xx":
            assert any(route.fullmatch(plain) for route in routes), address


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_form_that_changes_something_is_sealed(path: Path):
    forms = re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(), re.DOTALL)

    for form in forms:
        if path.name not in {
            "sign_in.html",
            "till.html",
            "welcome.html",
        }:  # where there is no session yet
            assert re.search(r"\{\{ seal\(csrf_token[,)]", form)


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_every_rule_is_in_its_layer(path: Path):
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL).strip()
    outside = re.sub(r"@layer [\w, ]+;", "", source)
    depth = 0
    for piece in re.findall(r"@layer (\w+) \{|([{}])|((?:(?!@layer)[^{}])+)", outside):
        layer, brace, text = piece
        if layer:
            assert layer in LAYERS
            depth += 1
        elif brace:
            depth += 1 if brace == "{" else -1
        elif depth == 0:
            assert not text.strip(), f"{name(path)}: {text.strip()[:60]!r} is in no layer"


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_colours_are_named_once(path: Path):
    if path.name != "tokens.css":
        assert not re.search(r"#[0-9a-f]{3,8}\b|oklch\(|rgb\(|hsl\(|!important", path.read_text())


@pytest.mark.parametrize("path", [p for p in STYLES if p.parent.name == "components"], ids=name)
def test_every_component_is_used(path: Path):
    classes = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", path.read_text())))
    sources = "".join(p.read_text() for p in [*TEMPLATES, *SCRIPTS])

    unused = {c for c in classes if not re.search(rf"[\s\"'.]{re.escape(c)}\b", sources)}
    assert not unused, f"{name(path)}: {sorted(unused)}"


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_is_small_and_says_what_it_is_for(path: Path):
    lines = path.read_text().splitlines()

    assert lines[0].startswith("// ")
    assert len(lines) <= 110
    assert not re.search(r"\beval\(|new Function|innerHTML \+=|document\.write", path.read_text())
