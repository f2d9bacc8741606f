"""Does a text say a fact? Exact wording, after both are brought into one form.

One form of case, quotes, dashes and spaces; `1.8 million` = `1,800,000`, `12 percent` = `12%`,
`US$4bn` = `$4 billion` = `4 billion dollars`, `September 30` = `30th September`, `two` = `2`,
`kilometres` = `km`. Written apart from the grounding check on purpose: a measure that shared
its code would share its mistakes.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from corpus.names import aliases_of

SCALES = {
    **dict.fromkeys(("thousand", "k"), 3),
    **dict.fromkeys(("million", "mln", "mn", "m"), 6),
    **dict.fromkeys(("billion", "bln", "bn", "b"), 9),
    **dict.fromkeys(("trillion", "trn", "tn"), 12),
}
WORDS = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
UNITS = {
    r"(?:km|kilomet(?:re|er)s?)": "km",
    # "40 gigawatt" also stands in "40 GWh": writers drop the hour.
    r"(?:kwh|kilowatt[ -]hours?)": "kw h",
    r"(?:mwh|megawatt[ -]hours?)": "mw h",
    r"(?:gwh|gigawatt[ -]hours?)": "gw h",
    r"(?:kw|kilowatts?)": "kw",
    r"(?:gw|gigawatts?)": "gw",
}
_SIGNS = {"us$": "$", "usd": "$", "eur": "€", "gbp": "£"}
_CURRENCIES = {"dollars": "$", "dollar": "$", "euros": "€", "euro": "€", "pounds": "£"}
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"'})
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_LONG = r"thousand|million|mln|mn|billion|bln|bn|trillion|trn|tn"
_NUMBER = re.compile(
    rf"(?P<sign>us\$|\busd ?|\beur ?|\bgbp ?|[$€£])? ?(?<![\w.])(?P<digits>{_DIGITS})"
    rf"(?:[ -]?(?P<scale>{_LONG})\b|(?P<short>[kmb])\b)?"
    r"(?P<after> (?:us )?(?:dollars?|euros?|pounds)\b)?"
    r"(?P<percent> ?(?:%|percent\b|per cent\b|pct\b))?"
)
_MONTH = "|".join([*MONTHS, "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"])
_MONTH_DAY = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?\b(?![\d.,]\d|%)")
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_MONTH})\b\.?")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_WORD_NUMBER = re.compile(rf"\b({'|'.join(WORDS)})\b(?=[ -](?!\b(?:of|another)\b)|[.,;:!?)\]\"]|$)")


@lru_cache(maxsize=20_000)
def normalise(text: str) -> str:
    """`text` in the one form in which facts are compared."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_QUOTES)
    text = " ".join(_DASHES.sub("-", text).split())
    text = _ISO_DAY.sub(_spell_day, text)
    text = _WORD_NUMBER.sub(lambda m: str(WORDS.index(m[1]) + 1), text)
    for pattern, short in UNITS.items():
        text = re.sub(rf"(?<=\d)[ -]?{pattern}\b", f" {short}", text)
    text = _DAY_MONTH.sub(lambda m: f"{int(m[1])} {_month(m[2])}", text)
    text = _MONTH_DAY.sub(lambda m: f"{int(m[2])} {_month(m[1])}", text)
    text = _NUMBER.sub(_number, text)
    # A hyphen between words is a matter of taste ("plug-in", "mid-2026"); a minus is not.
    return re.sub(r"(?<=\w)-(?=\w)", " ", text)


def says(text: str, wordings: Sequence[str]) -> bool:
    """Whether any of the wordings stands in `text`, bounded by word borders.

    A wording that is wholly a known name may stand under its other names (VW, Volkswagen).
    """
    whole = normalise(text)
    return any(
        _stands(whole, normalise(form))
        for wording in wordings
        for form in (wording, *aliases_of(wording))
    )


def numbers(text: str) -> list[str]:
    """Every number of `text` in normal form, with its currency or percent sign."""
    found = re.findall(r"(?<![\w.])[$€£]?\d+(?:\.\d+)?%?(?![\w])", normalise(text))
    return [str(number) for number in found]


def has_number(number: str, text: str) -> bool:
    """Whether `text` has this number (of `numbers`), its sign included."""
    return _stands(normalise(text), number)


def _stands(text: str, wording: str) -> bool:
    if not wording:
        return False
    before = r"(?<!\w)(?<!\d[.,])" if wording[0].isdigit() else r"(?<!\w)"
    after = r"(?!\w)(?![.,]\d)" if wording[-1].isdigit() else r"(?!\w)"
    return re.search(before + re.escape(wording) + after, text) is not None


def _spell_day(match: re.Match[str]) -> str:
    month = int(match[2])
    if not 1 <= month <= 12:
        return match[0]
    return f"{int(match[3])} {MONTHS[month - 1]} {match[1]}"


def _month(name: str) -> str:
    return next(month for month in MONTHS if month.startswith(name[:3]))


def _number(match: re.Match[str]) -> str:
    short = match["short"]
    sign = (match["sign"] or "").strip()
    sign = _SIGNS.get(sign, sign)
    after = (match["after"] or "").split()
    sign = sign or (_CURRENCIES.get(after[-1], "") if after else "")
    scale = SCALES[match["scale"]] if match["scale"] else 0
    tail = ""
    if short:
        # "$5m" is five million dollars; "5m" may be metres.
        if sign:
            scale = SCALES[short]
        else:
            tail = short
    value = _shift(match["digits"].replace(",", ""), scale)
    gap = " " if match[0].startswith(" ") else ""
    return f"{gap}{sign}{value}{tail}{'%' if match['percent'] else ''}"


def _shift(digits: str, places: int) -> str:
    """`digits` times ten to the `places`, without trailing zeros after the point."""
    whole, _, part = digits.partition(".")
    part = part.ljust(places, "0")
    whole, part = whole + part[:places], part[places:].rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{part}" if part else whole
