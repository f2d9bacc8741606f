"""The words before a period: "in", "since", "published in", "after Ford cut prices in"."""

import re
from dataclasses import dataclass

_THE = (
    r"(?:the (?:year |month |week |whole )?(?:of )?|all of |full[- ]year |"
    r"calendar(?: year)? |year )?"
)


@dataclass(frozen=True, slots=True)
class Lead:
    """The words just before a period: their kind ("" if none) and where they start."""

    kind: str
    start: int
    words: str = ""


# Tried in this order; each must end where the period begins.
_LEADS = tuple(
    (kind, re.compile(rf"(?<![\w-])(?:{words})\s+{_THE}$", re.I))
    for kind, words in (
        (
            "as of",
            r"as of|as at|as (?:things |it )?stood (?:in|on|at)|as seen (?:in|on|from)|"
            r"(?:was|were|is|been) (?:already |publicly )?known (?:in|on|by|at|as of|during|about"
            r"[^,?.]{0,40} (?:in|on|by|as of))|"
            r"(?:did|do) (?:we|people|anyone|the public|analysts|investors) know"
            r"(?: about [^,?.]{0,40})? (?:in|on|by|as of|when)|"
            r"(?:was|were|been) (?:already |publicly )?known(?: about [^,?.]{0,40})? "
            r"(?:when|at the time of|at the time|on the day of)",
        ),
        ("compare", r"(?:compare[ds]?|comparing|relative) (?:to|with)|versus|vs\.?|against"),
        ("not before", r"no (?:earlier|sooner) than|not (?:before|earlier than|until|till)"),
        ("since", r"(?:ever )?since|(?:starting|beginning) (?:in|on|from|with)|as from"),
        ("before", r"before|prior to|earlier than|ahead of|pre"),
        ("until", r"until|till|up (?:to(?: and including)?|until|till)"),
        ("through", r"through"),
        ("by", r"by|no later than|come"),  # before "later than"
        ("after", r"(?:any ?time |soon |shortly |just )?after|following|later than"),
        ("for", r"for"),
        ("than", r"than(?: (?:in|on|at|over|within|of|around|during))?"),
        ("during", r"during|throughout|over the course of|amid|amidst|in the middle of"),
        ("in", r"(?:this )?(?:last|past)|this"),
        (
            "in",
            r"(?:back |as early as |as late as |only )?(?:in|on|at|over|within|of|around)",
        ),
        ("from", r"(?:back )?from"),
        ("between", r"between"),
    )
)
# "cheaper than they were in 2022"
_THAN_IT = re.compile(
    r"\bthan (?:it|they|he|she|we|that|those)(?: (?:was|were|did|had|is|are|has|have|cost|sold)"
    rf"(?: been)?)? (?P<at>(?:back )?(?:in|on|at|of|over|during) {_THE})$",
    re.I,
)
_PRE = re.compile(r"(?<!\w)pre-$", re.I)
_POST = re.compile(r"(?<!\w)post-$", re.I)
_NEWS = r"(?:news|articles?|headlines?|stories|coverage|press reports?|briefs?|posts|pieces)"
_PUBLISHED = re.compile(
    r"(?:\b(?:published|reported|written|printed|posted|dated|appeared)\b(?: \w+){0,3} "
    rf"(?:in|on|from|during|of)|\b{_NEWS}\b(?:(?!\b(?:that|which|who|did|was|is)\b)[^,?.;])*? "
    r"(?:from|of|in|dated|on|during))\s+(?:the )?$",
    re.I,
)
# "after Ford cut prices in May": the date is that of what "after" speaks of
_CLAUSE = re.compile(
    r"\b(?P<word>after|since|before)(?! (?:tax|hours|all|school)\b) "
    r"(?P<clause>[^,;:?.!]{3,80})$",
    re.I,
)
_NEW_CLAUSE = re.compile(
    r"\b(?:who|what|which|when|where|why|how|but|and|after|since|before|until)\b", re.I
)


def leads(text: str, at: int) -> Lead:
    """The words that end at `at` and say what a period that begins there is for."""
    head = text[:at]
    for kind, pattern in (("before", _PRE), ("since", _POST)):
        if match := pattern.search(head):
            return Lead(kind, match.start(), match[0])
    if match := _PUBLISHED.search(head):
        word = re.search(r"\w+\s+(?:the )?$", head)
        return Lead("published", word.start() if word else match.start(), match[0])
    if match := _THAN_IT.search(head):
        return Lead("than", match.start("at"), match["at"])
    for kind, pattern in _LEADS:
        if match := pattern.search(head):
            return Lead(kind, match.start(), match[0])
    # a mention may include its own preposition's place: "between 2021 and 2023"
    return Lead("", at)


def clause_lead(text: str, lead: Lead) -> Lead:
    """The lead of the clause that a date closes: "after the tax credit ended in May" is "after"."""
    if lead.kind not in ("", "in"):
        return lead
    match = _CLAUSE.search(text[: lead.start])
    if match is None or _NEW_CLAUSE.search(match["clause"]):
        return lead
    return Lead(match["word"].lower(), match.start(), text[match.start() : lead.start])
