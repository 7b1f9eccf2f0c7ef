"""Settings come from the environment and are refused loudly when they are wrong."""

from pathlib import Path

import pytest

from app.settings import BadSetting, read
from tests.server import onhand


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("PORT", "eighty", "a port is a number from 0 to 65535"),
        ("PORT", "65536", "a port is a number from 0 to 65535"),
        ("PORT", "-1", "a port is a number from 0 to 65535"),
        ("PORT", "٨٠٠٠", "a port is a number from 0 to 65535"),
        ("CURRENCY", "JPY", "one of GBP, EUR, USD, CHF, AUD, CAD"),
        ("TIMEZONE", "Europe/Atlantis", "write a name like Europe/London"),
        ("TIMEZONE", "../../etc/passwd", "write a name like Europe/London"),
        ("DATABASE", "", "give the path of a SQLite file"),
        (
            "DATABASE",
            "postgresql://shop",
            "PostgreSQL is not supported yet; give the path of a SQLite file",
        ),
        (
            "BASE_URL",
            "stock.example.com",
            "write it like https://stock.example.com, without a path",
        ),
        (
            "BASE_URL",
            "https://stock.example.com/shop",
            "write it like https://stock.example.com, without a path",
        ),
        ("ALLOW_INSECURE_HTTP", "maybe", "write 1 or 0"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_with_its_reason(name: str, value: str, why: str):
    with pytest.raises(BadSetting) as refusal:
        read({f"ONHAND_{name}": value})

    assert str(refusal.value) == f"ONHAND_{name}={value!r}: {why}"


def test_a_setting_that_does_not_exist_is_refused():
    with pytest.raises(BadSetting, match="ONHAND_DATABSE: there is no such setting"):
        read({"ONHAND_DATABSE": "shop.sqlite", "PATH": "/bin"})


def test_plain_http_is_for_this_machine_unless_the_network_is_trusted():
    network = {"ONHAND_HOST": "192.0.2.7", "ONHAND_BASE_URL": "http://shop.local:8000"}

    with pytest.raises(BadSetting, match="plain HTTP is for this machine only"):
        read(network)

    assert (
        read({**network, "ONHAND_ALLOW_INSECURE_HTTP": "1"}).base_url == network["ONHAND_BASE_URL"]
    )
    assert read({"ONHAND_BASE_URL": "https://shop.local"}).is_https
    assert read({}).base_url == "http://127.0.0.1:8000"


def test_on_the_command_line_a_bad_setting_is_one_line_and_no_success(tmp_path: Path):
    said = onhand(tmp_path / "shop.sqlite", "migrate", PORT="eighty")

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "ONHAND_PORT='eighty': a port is a number from 0 to 65535\n"
    assert list(tmp_path.iterdir()) == []
