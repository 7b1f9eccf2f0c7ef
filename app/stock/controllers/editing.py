"""What a clerk edits of a product, as a form holds it: what is typed, beside what it was before."""

from litestar.exceptions import PermissionDeniedException

from app import fields, words
from app.stock.actions import Facts
from app.web.csrf import TOO_OLD
from app.web.forms import Form

WAS = "was_"  # before the name of the hidden field that keeps what a field was filled with


def filled(now: Facts) -> Form:
    """The form before anything is typed."""
    texts = _texts(now)
    return Form({**texts, **{WAS + name: text for name, text in texts.items()}})


def refilled(form: Form, now: Facts) -> Form:
    """The form after a colleague's edit: what was typed stays, the rest is as it is now."""
    typed = {name: form[name] for name in _texts(now) if form[name] != form[WAS + name]}
    return Form({**filled(now), **typed})


def read(form: Form) -> tuple[Facts, Facts]:
    """What the form was filled with, and what it is to become."""
    if not form[WAS + "name"]:  # which no product is without
        raise PermissionDeniedException(TOO_OLD)
    was, becomes = _facts(form, WAS), _facts(form)
    form.check()
    return was, becomes


def _texts(now: Facts) -> dict[str, str]:
    return {
        "name": now.name,
        "price": words.plain_money(now.price_cents),
        "reorder_point": str(now.reorder_point),
        "category": now.category,
        "barcodes": " ".join(now.barcodes),
    }


def _facts(form: Form, before: str = "") -> Facts:
    return Facts(
        name=form.read(before + "name", fields.name),
        price_cents=form.read(before + "price", fields.cents),
        reorder_point=form.read(before + "reorder_point", fields.reorder_point),
        category=form.read(before + "category", fields.category),
        barcodes=tuple(form.read(before + "barcodes", fields.barcodes) or ()),
    )
