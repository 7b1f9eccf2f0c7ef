"""Settings come from the environment and are refused loudly when they are wrong."""

from pathlib import Path

import pytest

from app.database.connection import engine_for
from app.settings import BadSetting, read
from app.settings.values import MailServer
from tests.server import onhand

UNREACHABLE = "set ONHAND_BASE_URL to the address by which browsers reach it"


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
        ("DATABASE", "", "give the path of a SQLite file, or a postgresql:// address"),
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
        *(
            ("HOLD_MINUTES", text, "write a number of minutes from 1 to 43200, which is 30 days")
            for text in ("", "0", "half an hour", "-5", "٣", "43201", "9" * 5_000)
        ),
        *(
            (name, text, "write off, or a number from 1 to 999999")
            for name in ("RATE_LIMIT", "STREAMS_PER_CLERK")
            for text in ("", "0", "many", "-1", "1.5", "1000000")
        ),
        *(
            ("MAIL_FROM", text, "write it like stock@example.org")
            for text in ("stock", "Stock <stock@example.org>", "a@b.org, c@d.org", "a b@c.org")
        ),
        ("LOG", "xml", "write json or text"),
        ("LOG_REQUESTS", "some", "write 1 or 0"),
        *(
            ("BACKUPS", text, "write off, or the folder that backups are kept in")
            for text in ("", "  ")
        ),
        ("HOST", "0.0.0.0", UNREACHABLE),  # noqa: S104
        ("HOST", "192.0.2.7", UNREACHABLE),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_with_its_reason(name: str, value: str, why: str):
    with pytest.raises(BadSetting) as refusal:
        read({f"ONHAND_{name}": value})

    assert str(refusal.value) == f"ONHAND_{name}={value!r}: {why}"


@pytest.mark.parametrize(
    ("database", "replica", "why"),
    [
        (
            "shop.sqlite",
            "postgresql://robin:secret@second/onhand",
            "only a shop in PostgreSQL has one",
        ),
        (
            "postgresql://onhand@first/onhand",
            "copy.sqlite",
            "give the postgresql:// address of a server that follows ONHAND_DATABASE",
        ),
    ],
)
def test_a_replica_is_a_server_that_follows_one(database: str, replica: str, why: str):
    with pytest.raises(BadSetting) as refusal:
        read({"ONHAND_DATABASE": database, "ONHAND_REPLICA": replica})

    assert str(refusal.value) == f"ONHAND_REPLICA: {why}"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://onhand:hunter2@127.0.0.1:54x7/onhand",
        "postgresql://onhand:hun#ter2@127.0.0.1/onhand",
        "postgresql://onhand:hunter2@/shop@127.0.0.1/onhand",
        "postgresql://onhand:hunter2:@127.0.0.1/onhand",
        "postgresql://onhand:hunter2%@127.0.0.1/onhand",
        "postgresql://127.0.0.1/onhand?user=onhand&password=hunter2",
        "mysql://onhand:hunter2@127.0.0.1/onhand",
    ],
)
@pytest.mark.parametrize("name", ["DATABASE", "REPLICA"])
def test_an_address_that_cannot_be_read_is_refused_without_its_password(name: str, address: str):
    with pytest.raises(BadSetting) as refusal:
        read({"ONHAND_DATABASE": "postgresql://localhost/onhand", f"ONHAND_{name}": address})

    told = str(refusal.value)
    assert told.startswith(f"ONHAND_{name}: ")
    assert "give the" in told if "mysql" in address else "in a password %40 for @" in told
    assert "hun" not in told


def test_a_limit_is_off_or_a_number():
    limited = read({"ONHAND_RATE_LIMIT": "60", "ONHAND_STREAMS_PER_CLERK": "4"})

    assert (limited.rate_limit, limited.streams_per_clerk) == (60, 4)
    assert read({"ONHAND_RATE_LIMIT": "off"}).rate_limit is None


@pytest.mark.parametrize(
    ("database", "is_file"),
    [
        ("postgres.sqlite", True),
        ("postgresql://onhand@localhost/onhand", False),
        ("postgres://localhost/onhand", False),
        ("postgresql:///onhand", False),
        ("postgresql:///onhand?host=/var/run/postgresql", False),
        ("postgresql://onhand:p%40ss%2Fw%25rd@[::1]:5432/onhand?sslmode=require", False),
        ("postgresql://first:5432,second:5433/onhand?target_session_attrs=read-write", False),
    ],
)
def test_only_an_address_is_a_shop_in_postgresql(database: str, is_file: bool):
    assert engine_for(read({"ONHAND_DATABASE": database}).database).is_file is is_file


@pytest.mark.parametrize(
    ("given", "folder"),
    [
        ({}, Path("backups")),
        ({"ONHAND_BACKUPS": "/srv/copies"}, Path("/srv/copies")),
        ({"ONHAND_BACKUPS": "off"}, None),
    ],
)
def test_backups_are_beside_the_database_or_where_they_are_wanted_or_off(
    given: dict[str, str], folder: Path | None
):
    assert read(given).backups == folder


def test_this_machine_may_be_named_as_ipv6_names_it():
    assert read({"ONHAND_HOST": "::1", "ONHAND_PORT": "8080"}).base_url == "http://[::1]:8080"


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtp://mail.example.org", MailServer("mail.example.org", 587, "", "", is_tls=False)),
        ("smtp://[::1]:25", MailServer("::1", 25, "", "", is_tls=False)),
        (
            "smtps://till%40shop:p%3Ass@mail.example.org",
            MailServer("mail.example.org", 465, "till@shop", "p:ss", is_tls=True),
        ),
    ],
)
def test_mail_goes_through_the_server_that_is_named(address: str, server: MailServer):
    settings = read({"ONHAND_SMTP": address, "ONHAND_MAIL_FROM": "stock@example.org"})

    assert settings.mail_server == server
    assert settings.mail_from == "stock@example.org"
    assert "p:ss" not in repr(settings)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        *(
            (address, "write it like smtp://user:password@mail.example.org:587, or smtps://")
            for address in (
                "mail.example.org",
                "http://mail.example.org",
                "smtp://",
                "smtp://s3cret@",
                "smtp://mail.example.org:s3cret",
                "smtp://mail.example.org/s3cret",
            )
        ),
        ("smtp://s3cret@mail.example.org", "give both a user and a password, or neither"),
        ("smtp://:s3cret@mail.example.org", "give both a user and a password, or neither"),
    ],
)
def test_a_mail_server_that_cannot_be_is_refused_without_showing_its_password(
    address: str, why: str
):
    with pytest.raises(BadSetting) as refusal:
        read({"ONHAND_SMTP": address, "ONHAND_MAIL_FROM": "stock@example.org"})

    assert str(refusal.value) == f"ONHAND_SMTP: {why}"


@pytest.mark.parametrize(
    "half", [{"ONHAND_SMTP": "smtp://mail.example.org"}, {"ONHAND_MAIL_FROM": "a@example.org"}]
)
def test_half_of_what_mail_needs_is_refused(half: dict[str, str]):
    with pytest.raises(BadSetting) as refusal:
        read(half)

    assert (
        str(refusal.value) == "ONHAND_SMTP and ONHAND_MAIL_FROM: set both to send mail, or neither"
    )


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


@pytest.mark.sqlite
def test_on_the_command_line_a_bad_setting_is_one_line_and_no_success(tmp_path: Path):
    said = onhand(tmp_path / "shop.sqlite", "migrate", PORT="eighty")

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "ONHAND_PORT='eighty': a port is a number from 0 to 65535\n"
    assert list(tmp_path.iterdir()) == []
