"""Which period of publication does a question ask about?

`read_window` is pure. It works in three steps: phrases that may name a period are found
(`rag/dates/phrases.py`, `rag/dates/events.py`) and those that belong together are joined
(`rag/dates/ranges.py`); the words around each decide what it does to the search
(`_bounds`); the bounds are put together.

Precision comes first, because a wrong filter hides the answer. So:

- A question names the period of the *event*, and news about a period appears after it: "How
  many cars did Tesla deliver in 2023?" is answered in January 2024. A period therefore reaches
  from its first day to its last day plus `GRACE`. The newest period may have no end at all.
- It is told elsewhere too, so that the period of an event only ranks (`Window.strict`), unless
  it is a day or a week, of which later news rarely tells without another date. Words about
  publication filter: "as of", "news from", "published in", "before", "until", "since".
- A year that is the subject does not filter: "the 2035 ban", "2025 Model Y", "by 2030", "for
  2030", and everything that is still to come or was only planned ("planned to sell in 2025").
- "since" and "before" an event that is not in `events.toml` leave the period open.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rag.dates.events import find_events
from rag.dates.leads import clause_lead, leads
from rag.dates.periods import Mention, Period
from rag.dates.phrases import find_periods
from rag.dates.present import asks_for_newest, newest_spans
from rag.dates.ranges import range_of, whole, with_years
from rag.dates.words import is_subject
from rag.types import Window

# How long after its end a period is still reported on, by the unit in which it was named.
# Companies report a quarter within about 90 days, yearly reports and statistics come out until the
# end of April; registration figures of a month come out until the end of the next; a day's news
# is told again for about a week.
GRACE = {
    "day": timedelta(days=7),
    "week": timedelta(days=14),
    "month": timedelta(days=31),
    "quarter": timedelta(days=90),
    "half": timedelta(days=90),
    "season": timedelta(days=31),
    "year": timedelta(days=120),
    "span": timedelta(days=31),
}
_TO_NOW = re.compile(r" and (?:now|today|the present)\b", re.I)
_ONE_DAY = timedelta(days=1)
_FAR = date(2100, 1, 1)
_OF_EVENT = re.compile(
    r" (?!(?:and|or|but|to|in|on|at|of|for|did|was|were|is|has|what|how|who)\b)[a-z]+"
)
_COMPARED = ("compare", "than")  # the other side of what is asked about
_LONGEST = 2000  # characters of a question that are read for dates


@dataclass(frozen=True, slots=True)
class _Bound:
    """What one phrase asks for; `start` and `end` are None where it leaves that side open.

    `strict` tells a day of publication from that of an event.
    """

    kind: str
    start: date | None
    end: date | None
    span: tuple[int, int]
    period: Period
    strict: bool = True


def read_window(question: str, today: date) -> Window:
    """The publication window that `question` asks for; an empty `Window` if it asks for none.

    `today` is the day on which the question is asked. It places "last month" and "March", and a
    period that begins after it is a subject, not a filter. Both ends of the window are
    included; an end on or after `today` is left open.
    """
    question = question[:_LONGEST]
    bounds = tuple(_bounds(question, today))
    as_of = [b for b in bounds if b.kind == "as of"]
    after, before, used = _combine([b for b in bounds if b.kind != "as of"])
    if before is not None and before >= today:
        before = None
    spans = {b.span for b in (*as_of, *used)}
    past = before is not None or bool(as_of)
    newest = asks_for_newest(question, past=past)
    if newest:
        spans |= newest_spans(question, past=past)
    return Window(
        after=after,
        before=before,
        as_of=min((b.end for b in as_of if b.end), default=None),
        order="newest" if newest else "relevance",
        spans=_merged(spans),
        strict=not used or any(b.strict for b in used),
    )


def stated_periods(question: str) -> tuple[tuple[int, int, Period], ...]:
    """The phrases of `question` that give it a period, as (start, end, period), words included.

    For wording only: every year counts, also one that is still to come, and relative phrases
    are placed on no day that matters.
    """
    bounds = _bounds(question[:_LONGEST], _FAR)
    return tuple((*b.span, b.period) for b in bounds if b.kind != "compare")


def _bounds(question: str, today: date) -> Iterable[_Bound]:
    """What each phrase of the question asks for."""
    mentions = whole(question, with_years(question, find_periods(question, today)))
    taken: list[tuple[int, int]] = []
    accepted_end = -1
    i = 0
    while i < len(mentions):
        mention = mentions[i]
        # "between 2021 and 2023", "from Q1 to Q3 2023": two phrases, one period
        after = mentions[i + 1] if i + 1 < len(mentions) else None
        if after is not None and (pair := range_of(question, mention, after)):
            bound = _judge(question, pair, today, ranged=pair.sure)
            i += 2
        else:
            # "in 2021, 2022 and 2023": what is true of the first is true of the rest
            joined = accepted_end >= 0 and re.fullmatch(
                r"\s*(?:,|and|or|, and|vs\.?|versus|&|to|with|compared (?:to|with))\s*(?:in\s*)?",
                question[accepted_end : mention.start],
                re.I,
            )
            bound = _judge(question, mention, today, ranged=bool(joined))
            i += 1
        if bound is not None:
            accepted_end = bound.span[1]
            taken.append(bound.span)
            yield bound
    for event in sorted(find_events(question), key=lambda m: (m.start, m.start - m.end)):
        if any(event.start < e and s < event.end for s, e in taken):
            continue
        lead = leads(question, event.start)
        if lead.kind in ("since", "after", "before", "not before", "until", "during", "as of"):
            taken.append((event.start, event.end))
            yield _by_kind(lead.kind, event, (lead.start, event.end), today, is_event=True)


def _judge(question: str, mention: Mention, today: date, *, ranged: bool) -> _Bound | None:
    """What one phrase asks for, or None when it is not a period or only the subject."""
    lead = leads(question, mention.start)
    if mention.period.start > today:
        return None
    if ranged and mention.period.end > today and mention.period.end.year > today.year:
        return None  # "between 2021 and 2030" is about what is to come
    if lead.kind == "between" and _TO_NOW.match(question[mention.end :]):
        return _by_kind("since", mention, (lead.start, mention.end), today)
    if is_subject(question, mention, lead, today, ranged=ranged):
        return None
    clause = clause_lead(question, lead)
    if clause is not lead:
        span = (clause.start, mention.end)
        kind = "until" if clause.kind == "before" else clause.kind
        return _by_kind(kind, mention, span, today, is_event=True)
    span = (lead.start if lead.kind else mention.start, mention.end)
    # "after the July 2023 cut": the month is that of an event
    is_event = bool(
        lead.words.lower().endswith("the ") and _OF_EVENT.match(question[mention.end :])
    )
    return _by_kind(lead.kind, mention, span, today, is_event=is_event)


def _by_kind(
    kind: str, mention: Mention, span: tuple[int, int], today: date, *, is_event: bool = False
) -> _Bound:
    period = mention.period
    if kind == "as of":
        return _Bound(kind, None, min(period.end, today), span, period)
    if kind in ("since", "from", "not before"):
        return _Bound("since", period.start, None, span, period)
    if kind == "after":
        # news of the last day of a period belongs to "after" an event, not "after 2021"
        return _Bound(
            "since", period.start if is_event else period.end + _ONE_DAY, None, span, period
        )
    if kind == "before":
        return _Bound(kind, None, period.start - _ONE_DAY, span, period)
    if kind == "until":
        return _Bound("before", None, period.end, span, period)
    if kind == "through":  # of the event: "sales through October" are told in November
        return _Bound("before", None, period.end + GRACE[period.grain], span, period, strict=False)
    if kind == "published":
        return _Bound("in", period.start, period.end, span, period)
    start = period.start
    if period.grain == "day":
        start -= _ONE_DAY  # it may still be the day before where the news was written
    kind = kind if kind in _COMPARED else "in"
    strict = period.grain in ("day", "week")
    return _Bound(kind, start, period.end + GRACE[period.grain], span, period, strict)


def _combine(bounds: list[_Bound]) -> tuple[date | None, date | None, list[_Bound]]:
    """The window of all bounds together, and the bounds that shaped it.

    Several periods ("in 2022 and 2023") give the time from the first to the last. "since" and
    "before" cut a period only where they fall into it. A comparison ("than in 2021") widens the
    period to its other side, and sets no end of its own: what it is compared with may be newer.
    """
    inside = [b for b in bounds if b.kind == "in"]
    since = [b for b in bounds if b.kind == "since"]
    until = [b for b in bounds if b.kind == "before"]
    compare = [b for b in bounds if b.kind in _COMPARED]
    starts = [b.start for b in (*inside, *since, *compare) if b.start]
    after = min(starts, default=None)
    if not inside:
        before = max((b.end for b in until if b.end), default=None)
        contrary = after and before and before < after
        if compare and contrary:
            return None, None, []  # "cheaper before 2022 than in 2023": any day counts
        if compare or contrary:
            return after, None, [*since, *compare]
        return after, before, bounds
    before = max(b.end for b in (*inside, *compare) if b.end)
    cuts = [b for b in until if b.end and after and after <= b.end < before]
    if cuts:
        before = min(b.end for b in cuts if b.end)
    elif since and not until:
        before = None if any(b.start and b.start > before for b in since) else before
    return after, before, [*inside, *since, *compare, *cuts]


def _merged(spans: set[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans in order, those that touch or overlap as one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)
