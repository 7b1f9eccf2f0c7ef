"""What people do about an alert. All of it is for the present crossing, and ends with it."""

from datetime import date, datetime
from typing import Any

from app import clock, words
from app.alerts.care import Claim, OnItsWay, care_of
from app.alerts.tables import AlertCare
from app.catalog import queries as catalog
from app.database import Arg, Prepared, action
from app.errors import Refusal
from app.stock import queries as stock
from app.stock.queries import Level


class NotLow(Refusal):
    def __init__(self, level: Level) -> None:
        super().__init__(
            f"{level.name} is no longer low: {words.number(level.available)} available."
        )


class NotSold(Refusal):
    """What is archived is no alert."""

    def __init__(self, level: Level) -> None:
        super().__init__(f"{level.name} is no longer sold.")


class ClaimedBefore(Refusal):
    """A colleague takes care of it."""

    title = "A colleague claimed it"

    def __init__(self, claim: Claim, rest: str = "") -> None:
        super().__init__(f"{claim.by} claimed it {words.when(claim.at)}.{rest}")


class OrderedBefore(Refusal):
    """It is on its way already."""

    title = "It is ordered already"

    def __init__(self, ordered: OnItsWay) -> None:
        super().__init__(
            f"{ordered.by} ordered {words.number(ordered.units)} {words.when(ordered.at)}, "
            f"{ordered.due}."
        )


class NothingThere(Refusal):
    """There is nothing of the kind to be taken back."""


_CROSSING = Prepared(
    AlertCare.raw(
        "SELECT coalesce(max(id), 0) FROM stock_event WHERE product = {} AND kind = 'low_stock'",
        Arg("product"),
    ),
    int,
)
_BEGIN = Prepared(
    AlertCare.raw(
        "INSERT INTO alert_care "
        "(product, crossing, revision, claimed_by, snoozed_by, ordered, ordered_by) "
        "VALUES ({}, {}, 1, '', '', 0, '') ON CONFLICT (product) DO UPDATE SET "
        "crossing = excluded.crossing, revision = alert_care.revision + 1, "
        "claimed_by = '', claimed_at = NULL, snoozed_by = '', snoozed_until = NULL, "
        "ordered = 0, ordered_by = '', ordered_at = NULL, due_on = NULL "
        "WHERE alert_care.crossing <> excluded.crossing RETURNING product",
        Arg("product"),
        Arg("crossing"),
    ),
    int,
)


def _change(columns: dict[Any, Any], *conditions: Any) -> Prepared[int]:
    """Check and change in one statement; no row is a refusal."""
    return Prepared(
        AlertCare.update({**columns, AlertCare.revision: AlertCare.revision + 1})
        .where(AlertCare.product == Arg("product"), *conditions)
        .returning(AlertCare.product),
        int,
    )


_CLAIM = _change(
    {AlertCare.claimed_by: Arg("name"), AlertCare.claimed_at: Arg("now")},
    AlertCare.claimed_by == "",
)
_RELEASE = _change(
    {AlertCare.claimed_by: "", AlertCare.claimed_at: None}, AlertCare.claimed_by == Arg("name")
)
_SNOOZE = _change({AlertCare.snoozed_by: Arg("name"), AlertCare.snoozed_until: Arg("until")})
_WAKE = _change(
    {AlertCare.snoozed_by: "", AlertCare.snoozed_until: None}, AlertCare.snoozed_until > Arg("now")
)
_ORDER = _change(
    {
        AlertCare.ordered: Arg("quantity"),
        AlertCare.due_on: Arg("due_on"),
        AlertCare.ordered_by: Arg("name"),
        AlertCare.ordered_at: Arg("now"),
    },
    AlertCare.ordered == 0,
)
_TAKE_BACK = _change(
    {
        AlertCare.ordered: 0,
        AlertCare.due_on: None,
        AlertCare.ordered_by: "",
        AlertCare.ordered_at: None,
    },
    AlertCare.ordered > 0,
)


@action
async def claim(product: int, *, actor: str) -> None:
    """Say that one takes care of it, or refuse and say who does already."""
    await _begin(product)
    if await _CLAIM.first(product=product, name=actor, now=clock.now()) is None:
        claim = (await care_of(product)).claim
        if claim and claim.by != actor:
            raise ClaimedBefore(claim)


@action
async def release(product: int, *, actor: str, is_manager: bool = False) -> None:
    """Give up one's claim; a manager ends anybody's. Refuses that of a colleague."""
    level = await _begin(product)
    claim = (await care_of(product)).claim
    if claim is None:
        raise NothingThere(f"Nobody has claimed {level.name}.")
    whose = claim.by if is_manager else actor
    if await _RELEASE.first(product=product, name=whose) is None:
        raise ClaimedBefore(claim, f" Only {claim.by} or a manager can release it.")


@action
async def snooze(product: int, until: datetime, *, actor: str) -> None:
    """Put it off for everybody, or refuse what is no longer low."""
    await _begin(product)
    await _SNOOZE.one(product=product, until=until, name=actor)


@action
async def wake(product: int) -> None:
    """End the snooze, or refuse when there is none."""
    level = await _begin(product)
    if await _WAKE.first(product=product, now=clock.now()) is None:
        raise NothingThere(f"{level.name} is not snoozed.")


@action
async def order(product: int, quantity: int, due_on: date, *, actor: str) -> None:
    """Say that so many are on their way, or refuse and say who has ordered already."""
    await _begin(product)
    given = {"quantity": quantity, "due_on": due_on, "name": actor, "now": clock.now()}
    if await _ORDER.first(product=product, **given) is None:
        before = (await care_of(product)).on_its_way
        if before:
            raise OrderedBefore(before)


@action
async def take_back(product: int) -> None:
    """Nothing is on its way after all. Refuses when nothing was."""
    level = await _begin(product)
    if await _TAKE_BACK.first(product=product) is None:
        raise NothingThere(f"{level.name} is not ordered.")


async def _begin(product: int) -> Level:
    """Care for the present crossing, with nothing of an older one. Refuses what is not low, or not
    sold."""
    level = await stock.level(product)
    if (await catalog.product(product)).archived:
        raise NotSold(level)
    if not level.is_low:
        raise NotLow(level)
    await _BEGIN.first(product=product, crossing=await _CROSSING.one(product=product))
    return level
