"""How Onhand writes numbers, money and times, on the screen and in its sentences."""

from datetime import UTC, datetime, timedelta

from app import clock
from app.settings import settings

THIN = "\u202f"  # a thin space that does not break
MINUS = "\u2212"


def number(value: int) -> str:
    """1 284, with thin spaces and a true minus."""
    digits = f"{abs(value):,}".replace(",", THIN)
    return MINUS + digits if value < 0 else digits


def signed(value: int) -> str:
    """+8, −3, 0."""
    return "+" + number(value) if value > 0 else number(value)


def money(cents: int) -> str:
    """£1 284.50, always with two decimals."""
    return f"{settings.currency_sign}{number(cents // 100)}.{cents % 100:02d}"


def signed_money(cents: int) -> str:
    """+£12.50, −£3.40, £0.00."""
    sign = "+" if cents > 0 else MINUS if cents < 0 else ""
    return sign + money(abs(cents))


def plain_money(cents: int) -> str:
    """1284.50, as it stands in a field to be edited."""
    return f"{cents // 100}.{cents % 100:02d}"


def local(moment: datetime) -> datetime:
    """The same moment in the shop's time zone."""
    return moment.astimezone(settings.timezone)


def time(moment: datetime) -> str:
    """14:32 today, Tue 14:32 within a week, else 6 Nov 14:32."""
    then, today = local(moment), local(clock.now()).date()
    if then.date() == today:
        return f"{then:%H:%M}"
    if abs(today - then.date()) < timedelta(7):
        return f"{then:%a %H:%M}"
    year = "" if then.year == today.year else f" {then.year}"
    return f"{then.day} {then:%b}{year} {then:%H:%M}"


def when(moment: datetime) -> str:
    """at 14:32, on Tue at 14:32, on 6 Nov at 14:32: as a sentence says it."""
    *date, clock_time = time(moment).rsplit(" ", 1)
    return f"on {date[0]} at {clock_time}" if date else f"at {clock_time}"


def seconds_left(moment: datetime) -> int:
    """Until then, and never fewer than none."""
    return max(0, int((moment - clock.now()).total_seconds()))


def time_left(moment: datetime) -> str:
    """6:40 left, when less than an hour is; else until 18:00."""
    left = seconds_left(moment)
    return f"{left // 60}:{left % 60:02d} left" if left < 3600 else f"until {time(moment)}"


def day(moment: datetime) -> str:
    """Fri 20 Nov."""
    then = local(moment)
    return f"{then:%a} {then.day} {then:%b}"


def date(moment: datetime) -> str:
    """Today, Yesterday, Fri 20 Nov, with the year where it is another."""
    then, today = local(moment).date(), local(clock.now()).date()
    if today - then < timedelta(2) and then <= today:
        return "Today" if then == today else "Yesterday"
    return f"{then:%a} {then.day} {then:%b}{'' if then.year == today.year else f' {then.year}'}"


def clock_time(moment: datetime) -> str:
    """14:32, whatever the day."""
    return f"{local(moment):%H:%M}"


def short_day(moment: datetime) -> str:
    """Fri 20."""
    then = local(moment)
    return f"{then:%a} {then.day}"


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def size(count: int) -> str:
    """840 KB, 12 MB, 1.2 GB."""
    for unit, bytes_in_one in (("KB", 1e3), ("MB", 1e6)):
        if count < 1000 * bytes_in_one:
            return f"{max(1, round(count / bytes_in_one))}{THIN}{unit}"
    return f"{count / 1e9:.1f}{THIN}GB"


def plural(count: int, one: str) -> str:
    """1 line, 2 lines."""
    return f"{number(count)} {one}{'' if count == 1 else 's'}"
