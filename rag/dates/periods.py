"""Periods of days and the arithmetic on them: months, quarters, halves, seasons, years."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["day", "week", "month", "quarter", "half", "season", "year", "span"]

THROUGH = r"(?:to|through|thru|until|till|[-–—])"  # what joins both ends of a range, as a pattern


@dataclass(frozen=True, slots=True)
class Period:
    """The days `start` to `end`, both included, and the unit in which they were named."""

    start: date
    end: date
    grain: Grain


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase `text[start:end]` that names a period.

    `sure` is False when the same words often mean something else ("May", "2020", "Q4"): such a
    phrase needs a word before it that makes it a period. `in_year` gives the period in another
    year, for phrases without one ("between March and May 2024").
    """

    start: int
    end: int
    period: Period
    sure: bool = True
    in_year: Callable[[int], Period] | None = None


def safe_date(year: int, month: int, day: int) -> date | None:
    """The day, or None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shift_months(day: date, months: int) -> date:
    """The same day `months` later (earlier if negative), or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_of(year: int, first: int, count: int, grain: Grain) -> Period:
    """`count` whole months from month `first` of `year`; `first` may be below 1 or above 12."""
    start = shift_months(date(year, 1, 1), first - 1)
    return Period(start, shift_months(start, count) - timedelta(days=1), grain)


def year_of(year: int) -> Period:
    """The calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31), "year")


def month_of(year: int, month: int) -> Period:
    """The calendar month."""
    return months_of(year, month, 1, "month")


def quarter_of(year: int, number: int) -> Period:
    """The calendar quarter 1 to 4."""
    return months_of(year, 3 * number - 2, 3, "quarter")


def half_of(year: int, number: int) -> Period:
    """The half year 1 or 2."""
    return months_of(year, 6 * number - 5, 6, "half")


def season_of(year: int, season: str) -> Period:
    """A northern season by whole months.

    "Winter 2022" may be the one that began or the one that ended in 2022: both are covered.
    """
    if season == "winter":
        return months_of(year, 0, 15, "season")
    first = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9}[season]
    return months_of(year, first, 3, "season")


def part_of(period: Period, part: str) -> Period:
    """The "early", "mid" or "late" part of a period: its first, middle or last 5/12.

    Also "beginning", "start", "middle", "end". The thirds overlap because people are vague.
    """
    days = (period.end - period.start).days + 1
    share = timedelta(days=max(days * 5 // 12, min(days, 10)) - 1)
    if part in ("early", "beginning", "start", "first weeks"):
        return Period(period.start, period.start + share, period.grain)
    if part in ("late", "end", "close"):
        return Period(period.end - share, period.end, period.grain)
    middle = period.start + timedelta(days=days // 2)
    half = timedelta(days=share.days // 2 + 1)
    return Period(middle - half, middle + half, period.grain)


def latest(make: Callable[[int], Period], today: date) -> Period:
    """The newest one of a yearly period ("March", "Q3") that had begun by `today`."""
    period = make(today.year)
    return period if period.start <= today else make(today.year - 1)
