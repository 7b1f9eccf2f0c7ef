"""What a finding means for a clerk: one sentence, and where to look."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from app.books.audit import Finding


class Explained(NamedTuple):
    """A finding, as a page tells it."""

    says: str
    detail: str
    address: str  # where the thing is looked at; empty when nowhere
    is_product: bool  # whose shelf can be counted


# By what the audit says; {} is the thing, as a clerk calls it.
SENTENCES: Mapping[str, str] = {
    "": "The file of the shop is damaged. Stop selling, and go back to the last good backup.",
    "is not between nothing and what is on hand": "More of {} is reserved than is on hand.",
    "has no level": "{} has no place on the shelf, so nothing can happen to it.",
    "differs from its log": "The numbers of {} are not what its entries add up to.",
    "is reserved for other than its open orders": (
        "What is reserved of {} is not what its holds ask for."
    ),
    "does not follow from the events before it": ("{} does not add up with the entries before it."),
    "was alerted twice without a restock between": (
        "{} raises or ends an alert that was raised or ended already."
    ),
    "left the shelf in other numbers than were sold": (
        "The goods that left with {} are not the goods it lists."
    ),
    "has returned other numbers than came back": (
        "{} says another number came back than was written down."
    ),
    "was reserved or released in other numbers than its lines": (
        "What was reserved for {} is not what it lists."
    ),
    "was taken back in other numbers": "{} was undone in other numbers than its own.",
    "has another total than its lines": "The total of {} is not what its lines come to.",
    "names an order that is not there": "{} names an order that is not there.",
    "was counted otherwise than its entries": "The number of {} is not what was entered for it.",
    "is in the log otherwise than it was counted": (
        "{} was applied, and the log has another entry for it, or none."
    ),
    "is not a whole number": "{} holds something that is no number of units.",
}

_EVENT = re.compile(r"event ([0-9]+)")
_ORDER = re.compile(r"order ([0-9]+)")
_OTHER = re.compile(r"(order line|level of product|count line) [0-9]+")


def explained(finding: Finding) -> Explained:
    thing, address, is_product = finding.thing, "", False
    if event := _EVENT.fullmatch(thing):
        thing = f"entry {event[1]}"
        address = f"/activity?before={int(event[1]) + 1}#event-{event[1]}"
    elif order := _ORDER.fullmatch(thing):
        address = f"/orders/{order[1]}"
    elif finding.what and not _OTHER.fullmatch(thing):
        address, is_product = f"/stock/{thing}", True
    says = SENTENCES[finding.what].format(thing)
    return Explained(says[0].upper() + says[1:], finding.detail, address, is_product)
