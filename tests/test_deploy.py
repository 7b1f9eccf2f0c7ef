"""The files in ``deploy/`` and the page for whoever runs it stay true."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from app import settings
from app.__main__ import COMMANDS
from tests import asgi

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "onhand.service").read_text()
CADDY = (DEPLOY / "Caddyfile").read_text()
DOCKER = (DEPLOY / "Dockerfile").read_text()
COMPOSE = (DEPLOY / "compose.yaml").read_text()
PAGE = (ROOT / "docs/running.md").read_text()
README = (ROOT / "README.md").read_text()
SETUP = (ROOT / "script/setup").read_text()
TEXTS = {path.name: path.read_text() for path in sorted(DEPLOY.iterdir())} | {"running.md": PAGE}
TEXTS["README.md"] = README
NOT_OURS = {"ONHAND_SITE", "ONHAND_UPSTREAM"}  # what compose and Caddy are told

one_text = pytest.mark.parametrize("name", TEXTS)


def known_settings() -> set[str]:
    source = Path(settings.__file__).read_text()
    return {f"ONHAND_{name}" for name in re.findall(r'setting\(\s*"(\w+)"', source)}


def instructions(name: str) -> Iterator[str]:
    """What a Dockerfile says with this word, each on one line."""
    joined = DOCKER.replace("\\\n", " ")
    return (" ".join(rest.split()) for rest in re.findall(rf"^{name} (.*)$", joined, re.MULTILINE))


@one_text
def test_every_setting_that_is_named_exists(name: str):
    named = set(re.findall(r"\bONHAND_[A-Z_]+", TEXTS[name]))

    assert named - known_settings() - NOT_OURS == set()


def test_the_readme_has_every_setting_and_what_it_is_unless_set():
    source = Path(settings.__file__).read_text()
    defaults = dict(re.findall(r'setting\(\s*"(\w+)", "([^"]*)"', source))
    table = dict(re.findall(r"^\| `ONHAND_(\w+)` \|(.*?)\|", README, re.MULTILINE))

    assert {f"ONHAND_{name}" for name in table} == known_settings()
    assert {name: table[name].strip(" `") for name in defaults} == defaults
    assert len(defaults) == len(table) - 1  # an address that follows from others


@one_text
def test_every_command_that_is_named_exists(name: str):
    commands = {command.__name__.rpartition(".")[2].rstrip("_") for command in COMMANDS}
    named = set(re.findall(r"\bonhand (?!onhand)([a-z]+)", TEXTS[name]))

    assert named - commands == set()


@one_text
def test_every_address_and_file_that_is_named_exists(name: str):
    app = asgi.APP.app  # type: ignore[attr-defined]
    routes = {route.path for route in app.routes}
    addresses = set(re.findall(r"(?:8000|example\.com)(/[a-z/]+)", TEXTS[name]))
    files = set(re.findall(r"\b((?:deploy|docs|script|app)/[\w./-]*\w)", TEXTS[name]))

    assert addresses - routes == set()
    assert {file for file in files if not (ROOT / file).exists()} == set()


@one_text
def test_every_number_that_is_named_is_told(name: str):
    told = {family.name for family in REGISTRY.collect()}
    named = set(re.findall(r"\bonhand_[a-z_]+", TEXTS[name]))

    assert {number.removesuffix("_total") for number in named} - told == set()


def test_everything_serves_at_the_port_that_is_ours_unless_somebody_says_otherwise():
    port = settings.read({}).port

    assert f"127.0.0.1:{port}" in CADDY
    assert f"onhand:{port}" in COMPOSE
    assert list(instructions("EXPOSE")) == [str(port)]
    assert f"127.0.0.1:{port}/healthz" in DOCKER


def test_an_image_is_made_of_what_script_setup_makes_a_shop_of():
    files = set(re.findall(r"cp (node_modules/\S+)", SETUP))
    copied = {words.split()[-2] for words in instructions("COPY") if "--from=browser" in words}
    python = re.findall(
        r"\.venv/bin/python -m pip install .*?(?= \\| \|\||$)", DOCKER, re.MULTILINE
    )

    assert copied == {f"/browser/{file}" for file in files}
    assert "npm ci --omit=dev --silent" in DOCKER
    assert "--require-hashes -r requirements.lock" in python[0]
    flags = "--no-deps --no-index --no-build-isolation -e ."
    assert flags in python[1]
    assert flags in SETUP


def test_an_image_holds_all_that_is_needed_and_runs_as_nobody_special():
    sources = {
        source
        for words in instructions("COPY")
        if "--from" not in words
        for source in words.split()[:-1]
    }
    needed = {
        "app",
        "templates",
        "static",
        "piccolo_conf.py",
        "pyproject.toml",
        "requirements.lock",
    }
    needed |= {"README.md", "LICENSE"}  # without which it is not built
    let_in = re.findall(r"^!(.+)$", TEXTS["Dockerfile.dockerignore"], re.MULTILINE)

    assert needed <= sources
    assert {source for source in sources if not (ROOT / source).exists()} == set()
    assert set(let_in) == sources
    assert list(instructions("USER")) == ["onhand"]
    assert DOCKER.index("\nUSER ") < DOCKER.index("\nCMD ")


def test_an_image_has_a_python_that_the_program_runs_on():
    (version,) = re.findall(r"^FROM python:3\.(\d+)", DOCKER, re.MULTILINE)
    (least,) = re.findall(r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text())

    assert int(version) >= int(least)


def test_a_service_ends_and_is_kept_within_the_limits_that_we_promise():
    said = dict(re.findall(r"^(\w+)=(.*)$", UNIT, re.MULTILINE))

    assert said["Restart"] == "always"
    assert said["TimeoutStopSec"] == "30"
    assert said["LimitNOFILE"] == "8192"
    assert said["MemoryMax"] == "512M"
    assert said["NoNewPrivileges"] == "yes"
    assert said["ProtectSystem"] == "strict"
    assert (said["StateDirectoryMode"], said["UMask"]) == ("0700", "0077")
    for line in ("stop_grace_period: 30s", "mem_limit: 512m", "nofile: 8192", "restart: always"):
        assert line in COMPOSE


def test_a_link_that_lets_somebody_in_does_not_come_into_the_journal():
    assert "\nStandardOutput=null\n" in UNIT


def test_who_speaks_slowly_has_deadlines_at_the_door():
    for line in ("read_header 10s", "read_body 30s", "max_header_size 32KB"):
        assert line in CADDY
    assert "\n\t\tflush_interval" not in CADDY


@pytest.mark.skipif(not shutil.which("caddy"), reason="there is no Caddy here")
def test_caddy_understands_its_file(tmp_path: Path):
    asked = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]

    said = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_understands_its_unit():
    asked = ["systemd-analyze", "verify", str(DEPLOY / "onhand.service")]

    said = subprocess.run(asked, capture_output=True, text=True, check=False)

    is_not_here = "/opt/onhand/.venv/bin/onhand is not executable"
    assert [line for line in said.stderr.splitlines() if is_not_here not in line] == []
