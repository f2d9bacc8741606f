"""Days, months, quarters and years as a text writes them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.dates.days import month_number
from rag.grounding.units import NOUNS


@dataclass(frozen=True, slots=True)
class Day:
    """A date or part of one: `text[start:end] == surface`; 0 or "" where not given.

    `part` is a quarter or half ("q3", "h1"), a season ("autumn") or a weekday ("fri").
    """

    start: int
    end: int
    surface: str
    year: int = 0
    month: int = 0
    day: int = 0
    part: str = ""


_YEAR = r"(?P<y>19[5-9]\d|20\d\d)"
_MONTH = (
    r"(?P<m>(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)(?![a-z])|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?:\.|(?![a-z])))"
)
_DAY = r"(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_TH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_SPELLED = rf"(?:the )(?P<o>{'|'.join(_TH)}) of"
_LEAD = (
    r"(?:[Mm]id-?|[Ee]arly|[Ll]ate|[Ii]n|[Oo]f|[Oo]n|[Bb]y|[Ss]ince|[Uu]ntil|[Ff]rom|[Ll]ast|[Nn]ext"
    r"|[Tt]his|[Tt]o|[Aa]fter|[Bb]efore|[Bb]etween|[Dd]uring|[Tt]he|and|or|'s|’s)[ ]?"
)
_ISO = re.compile(rf"\b{_YEAR}-(?P<n>0[1-9]|1[0-2])-(?P<d>[0-3]\d)\b")
_PATTERNS = (
    re.compile(rf"\b{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?(?!\w)"),
    re.compile(rf"\b{_SPELLED} {_MONTH}(?:,? {_YEAR})?(?!\w)"),
    re.compile(rf"\b{_MONTH} {_DAY}(?![\w%]|[.,:]\d| percent| million)(?:,? {_YEAR})?(?!\w)"),
    re.compile(rf"\b{_MONTH}(?: of)?,? {_YEAR}\b"),
    re.compile(
        r"\b(?P<q>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ll]ast|1st|2nd|3rd|4th)[ \-]"
        rf"(?P<p>quarter|half)(?!\w| (?:of|the) (?:its|the|all) )(?:(?: of|,)? {_YEAR})?(?!\w)"
    ),
    re.compile(rf"\b(?P<z>spring|summer|autumn|winter)(?:(?: of|,)? {_YEAR})?(?!\w)"),
    re.compile(rf"\b(?P<s>[QH][1-4])(?:(?: of|,)? {_YEAR})?(?!\w)"),
    re.compile(rf"(?<![\w$€£¥.,]){_YEAR}s?(?![\w%]|[.,]\d| ?(?:%|percent|million|billion|kWh|km))"),
    re.compile(rf"(?<!\w){_MONTH}(?!\w)"),
    re.compile(r"\b(?P<w>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b"),
)
_MONTH_DAY = 2
_BARE_YEAR = 7
_BARE_MONTH = 8
_LEADS = re.compile(rf"(?:{_LEAD})$")
_RANK = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}


@lru_cache(maxsize=4096)
def find_days(text: str) -> tuple[Day, ...]:
    """Dates in `text`, in order. A year before a counted noun ("2000 vehicles") is none."""
    found: list[Day] = []
    rest = text
    for index, pattern in ((-1, _ISO), *enumerate(_PATTERNS)):
        for match in pattern.finditer(rest):
            if _is_day(match, index, rest):
                found.append(_read(match, text))
        rest = blank(rest, [(day.start, day.end) for day in found])
    return tuple(sorted(found, key=lambda day: day.start))


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with each span overwritten by underscores, so that nothing is found there again."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = "_" * (end - start)
    return "".join(chars)


def _is_day(match: re.Match[str], index: int, rest: str) -> bool:
    if index == _BARE_YEAR:
        after = re.match(r" ([A-Za-z]+)", rest[match.end() :])
        before = re.search(r"\b(?:in|by|since|of|from|for|to|and)\s$", rest[: match.start()])
        return not (after and after[1].lower() in NOUNS and not before)
    if index == _MONTH_DAY and not match["y"]:
        counted = re.match(r" ([a-z]+)", rest[match.end() :])
        return not (counted and counted[1] in NOUNS)  # "in May 28 people left"
    if index == _BARE_MONTH and match["m"].rstrip(".") in ("May", "March", "Mar"):
        # "May" and "March" are words and names too.
        return bool(_LEADS.search(rest[: match.start()]))
    return True


def _read(match: re.Match[str], text: str) -> Day:
    group = match.groupdict()
    word = group.get("m") or ""
    month = int(group.get("n") or 0)
    if word:
        month = month_number(word)
    part = (group.get("w") or "")[:3].lower() or (group.get("s") or "").lower()
    part = part or group.get("z") or ""
    if group.get("q"):
        half = group.get("p") == "half"
        rank = _RANK.get(str(group["q"]).lower(), 2 if half else 4)
        part = f"{'h' if half else 'q'}{rank}"
    return Day(
        match.start(),
        match.end(),
        text[match.start() : match.end()],
        int(group.get("y") or 0),
        month,
        _TH.index(group["o"]) + 1 if group.get("o") else int(group.get("d") or 0),
        part,
    )
