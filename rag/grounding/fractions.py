"""Parts of a whole in words: "a third of", "7 in 10", "every fifth car", "a quarter of an hour"."""

import re
from dataclasses import dataclass

from rag.grounding.days import blank
from rag.grounding.units import MAGNITUDES, UNITS, WORDS


@dataclass(frozen=True, slots=True)
class Part:
    """`text[start:end]` is a share in per cent (`unit` "fraction"), or a value in base units."""

    start: int
    end: int
    value: float
    unit: str


_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_EACH = r"two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|a hundred|\d{1,3}"
_RANKS = tuple("second third fourth fifth sixth seventh eighth ninth tenth".split())
_PARTS = {rank: n for n, rank in enumerate(_RANKS, 2) if rank not in ("second", "fourth")}
_PARTS |= {"half": 2, "quarter": 4, "twentieth": 20}
_PART = "|".join(_PARTS)
_FRACTION = re.compile(
    rf"(?<!the )\b(?:(?P<count>an?|one|{_WORD})[ -])?(?P<part>(?:(?<=a )|(?<=ne )|(?<=ee[ -]))quarter"
    rf"|(?!quarter)(?:{_PART}))s?\b"
    r"(?=(?: fewer| less| more)? (?:of|the|its|their|that|than|what)\b"
    r"| (?:more|less|fewer|higher|lower|faster|slower|longer|shorter|cheaper|dearer|above|below|up|down"
    r"|bigger|larger|smaller|heavier|lighter|costlier|over|under|off)\b)"
    r"|\b(?P<many>two|three|four|five|six|seven|eight|nine)[ -](?P<parts>(?:third|fifth|sixth|seventh"
    r"|eighth|ninth|tenth|twentieth)s)\b"
    r"|(?<!and a )\b(?P<rest>(?<!upper )(?<!lower )(?<!other )half"
    r"|(?<=a )(?<!in a )(?:third|quarter|fifth|tenth))"
    r"(?=[,.;]|$| (?:since|this|last|in|over|when|after|before|from|to|and|or|but|by|for|as|within)\b)"
    r"|\bby (?:an? |one )?(?P<cut>half|third|quarter|fifth|tenth)(?= [a-z]+ )"
    rf"|\b(?P<some>{_WORD}|\d{{1,2}})(?: [a-z]+)? (?:in(?: every)?|out of(?: every)?|of every) (?P<each>{_EACH})\b"
    r"(?![.,:/]?\d| ?(?:%|percent|per cent|million|billion|thousand|minute|hour|second|day|week|month|quarter|year|decade)s?\b"
    r"| (?:different |new |other |more )?(?:countries|states|cities|towns|places|markets|plants|provinces|cases)\b)"
    r"|\bevery (?P<nth>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?= (?!year|month|week|day|time|quarter)[a-z]+)",
    re.IGNORECASE,
)
_SIZE = r"minute|hour|day|week|month|year|decade|million|billion|mile|kilometre|kilometer"
_OF_ONE = re.compile(
    rf"\b(?:(?P<part>half|(?:a |one )?(?:third|quarter)|(?:three|two)[ -](?:quarters|thirds)) of an?"
    rf"|(?P<half>half) an?) (?P<one>{_SIZE})\b|\b(?:(?:an?|one) )?(?P<more>{_SIZE}) and a half\b",
    re.IGNORECASE,
)


def find_parts(text: str) -> list[Part]:
    """The shares and parts of units in `text`, in order."""
    out = [_of_one(match) for match in _OF_ONE.finditer(text)]
    rest = blank(text, [(part.start, part.end) for part in out])
    for match in _FRACTION.finditer(rest):
        value = _share(match)
        if value:
            out.append(Part(*match.span(), value, "fraction"))
    return sorted(out, key=lambda part: part.start)


def _of_one(match: re.Match[str]) -> Part:
    """ "Half a million", "three quarters of an hour", "a year and a half"."""
    one = (match["one"] or match["more"]).lower()
    unit, size = UNITS.get(one) or ("", float(MAGNITUDES[one]))
    if match["more"]:
        return Part(*match.span(), 1.5 * size, unit)
    words = re.split(r"[ -]", (match["part"] or match["half"]).lower())
    count = WORDS.get(words[0], 1.0)
    return Part(*match.span(), count / _PARTS[words[-1].removesuffix("s")] * size, unit)


def _share(match: re.Match[str]) -> float:
    """In per cent; 0 where "12 in 10" is none."""
    if match["each"]:
        some, each = _whole(match["some"]), _whole(match["each"])
        return 100 * some / each if 0 < some < each else 0.0
    if match["nth"]:
        return 100 / (_RANKS.index(match["nth"].lower()) + 2)
    if match["many"]:
        return 100 * WORDS[match["many"].lower()] / _PARTS[match["parts"].lower()[:-1]]
    count = WORDS.get((match["count"] or "one").lower(), 1)
    return 100 * count / _PARTS[(match["part"] or match["rest"] or match["cut"]).lower()]


def _whole(words: str) -> float:
    lower = words.lower()
    return 100.0 if lower == "a hundred" else WORDS.get(lower) or float(lower)
