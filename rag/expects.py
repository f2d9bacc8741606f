"""What kind of answer a question asks for, and whether a text holds one of that kind.

Question types after Li & Roth, "Learning question classifiers" (COLING 2002), as far as they
can be told from the question's own words: number, money, percent, date, name, reason.
"""

import re
from functools import lru_cache

Kinds = frozenset[str]

ASKS = {
    "money": r"\bhow much (?:does|did|will|would|is|was|money|.*(?:cost|pay|paid|spend|spent|invest"
    r"|raise|worth|price))|\b(?:price|cost|valuation|revenue|profit|loss)\b.*\?|\bhow expensive",
    "percent": r"\bwhat (?:share|percent\w*|proportion|fraction)|\bmarket share\b|\bhow much of\b",
    "number": r"\bhow (?:many|far|fast|long|big|large|high|often|old|quick\w*|much)\b"
    r"|\bwhat (?:number|range|capacity|speed|figure)|\bnumber of\b",
    "date": r"^\s*when\b|\bwhat (?:day|date|month|year|time)\b|\bwhich (?:day|month|year|quarter)\b"
    r"|\b(?:by|since|until) when\b|\bhow soon\b",
    "name": r"\bwho(?:se|m)?\b|\bwhere\b|\bname of\b|\bcalled\b|\b(?:which|what) (?:\w+ ){0,2}(?:compan(?:y|ies)"
    r"|(?:car|auto|battery )?makers?|brands?|firms?|suppliers?|bidders?|(?:share)?holders?|countr(?:y|ies)"
    r"|states?|cit(?:y|ies)|models?|banks?|agenc(?:y|ies)|regulators?|courts?|judges?|ministers?|partners?"
    r"|groups?|start-?ups?|rivals?|investors?|executives?|analysts?|towns?|places?|sites?)\b",
    "reason": r"\bwhy\b|\bhow come\b|\bwhat (?:caused|led|made|prompted)\b|\bfor what reason\b",
}
PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in ASKS.items()}

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|March|April|May|June|July|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
HOLDS = {
    "money": r"[$€£¥]\s?\d[\d.,]*(?<=\d)|\b\d[\d.,]*\s*(?:(?:m|b|tr)illion\s+)?(?:dollars|euros?|yuan|yen|pounds|won)",
    "percent": r"\d[\d.,]*\s?(?:%|percent|per cent)|\b(?:half|third|quarter|majority)\b",
    "number": r"\d[\d.,]*(?<=\d)|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|dozens?|hundreds?|thousands?"
    r"|millions?)\b",
    "date": rf"\b{MONTH}\b|\b(?:19|20)\d\d\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|\b(?:yesterday|today|tomorrow|(?:this|next|last) (?:week|month|year|spring|summer|fall"
    r"|autumn|winter|quarter))\b",
    # A capital inside a sentence; at its beginning only names of several words.
    "name": rf"(?<=[\w,;:)\"”’'] )(?!{MONTH}\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)[A-Z][\w&’'-]+"
    r"|\b[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+",
    "reason": r"\b(?:because|due to|after|as a result|to (?:avoid|reduce|cut|make|help|protect)"
    r"|since|citing|blam\w+|amid|in response|so that|owing|reflect\w*|led to|because of)\b",
}
TESTS = {kind: re.compile(pattern) for kind, pattern in HOLDS.items()}

PART = re.compile(r"\b(?:quarter|Q[1-4]|[1-4]Q|(?:first|second) half|H[12])\b", re.IGNORECASE)


@lru_cache(maxsize=1024)
def expects(question: str) -> Kinds:
    """Kinds of answer the question asks for; empty when its words don't tell."""
    return frozenset(kind for kind, pattern in PATTERNS.items() if pattern.search(question))


def holds(text: str, kinds: Kinds, question: str = "") -> float:
    """1.0 when the text holds something of one of the kinds that the question doesn't say itself,
    else 0.0."""
    found = (m.group() for kind in kinds for m in TESTS[kind].finditer(text))
    return float(any(not _says(question, piece) for piece in found))


def find_answer(text: str, kinds: Kinds, question: str = "") -> tuple[int, int] | None:
    """The one thing in `text` of the kind asked for that the question doesn't say itself.

    Offsets in `text`; None when there is no such thing or more than one. A figure of a quarter or
    a half year is none where the question names neither.
    """
    of_part = PART.search(text) and not PART.search(question)
    for kind in ("money", "percent", "number", "date"):
        if kind in kinds and (kind == "date" or not of_part):
            found = [m for m in FULL[kind].finditer(text) if not _says(question, m.group())]
            if len(found) == 1:
                return found[0].start(), found[0].end()
            if found:
                return None
    return None


def _says(question: str, piece: str) -> bool:
    """Whether the question holds the words or the figure, whole: there is no 5 in 2025."""
    whole = rf"(?<!\w)(?<!\d[.,]){re.escape(piece)}(?!\w|[.,]\d)"
    return re.search(whole, question, re.IGNORECASE) is not None


_SCALE = r"(?:\s(?:thousand|million|billion|trillion))?"
FULL = {
    "money": re.compile(rf"(?:US|C|A)?[$€£¥]\s?\d[\d.,]*(?<=\d){_SCALE}"),
    "percent": re.compile(r"\d[\d.,]*\s?(?:%|percent|per cent)"),
    "number": re.compile(rf"(?<![\w$€£¥.,-])\d[\d.,]*(?<=\d){_SCALE}(?![\w-])"),
    "date": re.compile(
        rf"\b(?:\d{{1,2}} )?{MONTH}\.?(?: \d{{1,2}}(?:st|nd|rd|th)?)?(?:,? (?:19|20)\d\d)?\b|\b(?:19|20)\d\d\b"
    ),
}
