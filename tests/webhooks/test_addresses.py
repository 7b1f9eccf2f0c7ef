"""Which addresses a hook may have, and what is said against the others."""

from dataclasses import replace

import pytest

from app.settings import settings
from app.settings.values import MailServer
from app.webhooks import addresses
from app.webhooks.addresses import NO_ADDRESS, address


@pytest.fixture(autouse=True)
def _mail_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    server = MailServer("mail.example.org", 587, "", "", is_tls=False)
    monkeypatch.setattr(addresses, "settings", replace(settings, mail_server=server))


@pytest.mark.parametrize(
    "typed",
    [
        "https://example.org/onhand?shop=1&key=a%20b",
        "http://127.0.0.1:9000/",
        "http://[::1]:9000/",
        "http://192.168.1.20/till",
        "http://till_2:8080",
        "https://Example.org:8443/a/b~c",
        "mailto:someone@example.org",
        "mailto:stock+low@mail.example.co.uk",
    ],
)
def test_a_shop_may_tell_its_own_network_and_the_world(typed: str):
    assert address(f" {typed} ") == typed


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "The address is missing."),
        ("example.org", "Write an address that begins with https://, http:// or mailto:"),
        ("ftp://example.org/", "Write an address that begins with https://, http:// or mailto:"),
        ("file:///etc/passwd", "Write an address that begins with https://, http:// or mailto:"),
        (
            "https://a:b@example.org/",
            "Leave name and password out: the signature shows who we are.",
        ),
        ("https://example.org/#here", "Leave out what follows the #: it is never sent."),
        ("https://example.org/a b", "The address holds a sign that has to be written like %20."),
        (
            "https://example.org\\@x.org",
            "The address holds a sign that has to be written like %20.",
        ),
        ("https://exämple.org/", "The address holds a sign that has to be written like %20."),
        ("https://example.org/\u202e", "The address holds a character that cannot be shown."),
        ("https://example.org/" + "a" * 2000, "The address can have 2000 characters at most."),
        ("mailto:someone", "Write one mail address, like mailto:someone@example.org"),
        ("mailto:a@b.org,c@d.org", "Write one mail address, like mailto:someone@example.org"),
        ("mailto:a@b.org?bcc=c@d.org", "Write one mail address, like mailto:someone@example.org"),
        ("mailto:A <a@b.org>", "Write one mail address, like mailto:someone@example.org"),
        *(
            (typed, NO_ADDRESS)
            for typed in (
                "https://",
                "https:///path",
                "http://127.1/",
                "http://2130706433/",
                "http://0x7f.0.0.1/",
                "http://127.0.0.1./",
                "http://0.0.0.0/",
                "http://169.254.169.254/latest/meta-data",
                "http://[::ffff:169.254.169.254]/",
                "http://[2002:a9fe:a9fe::]/",
                "http://[fd00:ec2::254]/",
                "http://[fe80::1]/",
                "http://[::]/",
                "http://224.0.0.1/",
                "http://255.255.255.255/",
                "http://a..b/",
                "http://-a.org/",
                "http://%31.org/",
                "http://example.org:0/",
                "http://example.org:65536/",
                "http://example.org:x/",
                "http://[::1/",
            )
        ),
    ],
)
def test_any_other_is_refused_with_its_reason(typed: str, says: str):
    with pytest.raises(ValueError, match=r".+") as refusal:
        address(typed)

    assert str(refusal.value) == says


def test_mail_is_refused_where_it_is_not_set_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(addresses, "settings", replace(settings, mail_server=None))

    with pytest.raises(ValueError, match="Mail is not set up here") as refusal:
        address("mailto:someone@example.org")

    assert "ONHAND_SMTP" in str(refusal.value)
