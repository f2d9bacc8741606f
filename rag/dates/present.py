"""Does a question ask about the present: "latest", "now", "still", "so far", "already"?"""

import re

# Asked for by name: the newest one, also within a past period.
_NEWEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|recent(?:ly)?|lately|current(?:ly)?|nowadays|"
    r"at (?:the moment|present)|presently|right now|as of (?:now|today|this (?:week|month|year))|"
    r"these days|up[- ]to[- ]date|to date|so far|to this day|"
    r"any (?:news|updates?)|updates? on|what(?:'s|’s| is) new|what(?:'s|’s| is) happening|"
    r"last (?:earnings|quarterly|known|reported|recall|price (?:cut|change)|update|results)|"
    r"(?:next|coming|this coming|upcoming) (?:week|month|quarter|year|spring|summer|autumn|fall|"
    r"winter)s?|upcoming)\b",
    re.I,
)
# Asked for by the way: about the present unless the period is past ("still in 2018").
_SOFT = re.compile(
    r"\b(?:now|still|already|anymore|any more|no longer|today|yet|"
    r"(?:status|state) of(?! (?:the )?(?:charge|health|california|michigan|georgia|texas)))\b",
    re.I,
)
# "Is Apple making a car?", "Are the plants being shut?", not "Is Sunday driving cheaper?"
_DOING = re.compile(
    r"^(?:(?:and|so|but|ok|hey)\b,? )*(?P<now>is|are) (?!there\b)(?:(?!than\b)[\w'’.&/-]+ ){1,6}?"
    r"(?:going to \w+|(?:being \w+|(?!(?:during|nothing|something|anything|everything|binding)\b)"
    r"[a-z]{3,}ing)(?= (?:an?|the|its|their|his|her|this|that|to|out|up|off|down|back|away|in|on|at|with|from|"
    r"into|for|over|by|about|as|of|more|new|legal|[A-Z]\w*|\w+s)\b|\s*(?:\?|$|,)))"
)

_TRAPS = re.compile(
    # electricity; firms and papers; "from now on"; idioms; things of the past
    r"\b(?:direct|alternating|electric(?:al)?|charging|charge|high|higher|peak|max(?:imum)?|"
    r"continuous|low|rated|ac|dc|more|less|eddy) current\b|"
    r"\bcurrent (?:draw|density|collector|collectors|rating|limit|flow|sensor)s?\b|"
    r"\b(?:share|drive|charge|free|e) ?now\b(?= (?:car|service|network|card|app|brand|venture|"
    r"launch|shut|close|pull|sell|merge|joint|\W))|"
    r"\bSHARE NOW\b|\bFREE NOW\b|\bSHARE NOW\b|\bShare Now\b|\bFree Now\b|\bDRIVE NOW\b|"
    r"\busa today\b|\b(?:inside|electrek|automotive) today\b|\btoday's news\b|"
    r"\b(?:news|headlines|announced|happened|happening|reported|published|released)"
    r"(?: from| of)? today\b|"
    r"\bnow[- ](?:defunct|bankrupt|former|closed|cancelled|canceled|famous)\b|"
    r"\b(?:latest|newest|current|present|next)-(?:style|generation|gen|type|day|spec)\b|"
    r"\byet another\b|\bbut yet\b|\band yet\b|^yet\b|\bnow that\b|\bstill ?born\b|\bstand still\b|"
    r"\bby now\b|\buntil now\b|\b(?:then|at the time|back then)[- ]current\b",
    re.I,
)


def _spans(question: str, *, past: bool) -> set[tuple[int, int]]:
    trapped = [m.span() for m in _TRAPS.finditer(question)]
    patterns = (_NEWEST,) if past else (_NEWEST, _SOFT)
    found = {
        m.span()
        for pattern in patterns
        for m in pattern.finditer(question)
        if not any(s <= m.start() < e for s, e in trapped)
    }
    lowered = question[:1].lower() + question[1:]
    if not past and (doing := _DOING.match(lowered)):
        found.add(doing.span("now"))
    return found


def asks_for_newest(question: str, *, past: bool = False) -> bool:
    """True when the newest news is wanted; `past` tells that the question names a past period."""
    return bool(_spans(question, past=past))


def newest_spans(question: str, *, past: bool = False) -> set[tuple[int, int]]:
    """The character ranges of the words that said so."""
    return _spans(question, past=past)
