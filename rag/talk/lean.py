"""Does a question lean on what was said before without a pronoun: "the price", "how many"?"""

import re
from collections.abc import Sequence

from corpus.names import find_names
from rag.talk.focus import AUX, acts, has_subject, names_in
from rag.when import stated_periods

_RELATIONAL = (
    r"price|prices|range|cost|costs|ceo|boss|chief executive|deal|plant|factory|recall|workers|"
    r"staff|employees|reasons?|plans?|battery|layoffs|strike|target|investment|results?|launch|"
    r"delay|cause|decision|announcement|assets|buyer|owner|owners|founder|deadline|effect|impact|"
    r"consequences?|outcome|details|terms|shares?|stock|profit|loss|losses|revenue|margin|"
    r"customers?|partner|partners|supplier|suppliers|rivals?|competitors?|creditors|investors|"
    r"shareholders|union|unions|government|reaction|problem|problems|fix|towing capacity|top speed|"
    r"court|talks|merger|law|bill|project|site|capacity|debt|production|sales|deliveries"
)
_DEFINITE = re.compile(
    rf"\bthe (?:(?!(?:most|best|least|worst|average|typical|usual|global)\b)[\w-]+ ){{0,2}}"
    rf"(?:{_RELATIONAL})\b(?!\s+(?:of|(?:for|in)(?! (?:19|20)\d\d\b)|on|to|that|which|between|with|behind|at|from|who|makers?|cells?|prices?|swapping|packs?|wars?|"
    r"anxiety|chemistr\w+|technolog\w+|passports?|health|life|day|tax(?:es)?)\b)",
    re.I,
)
_LOOSE = re.compile(
    r"\b(?:else|instead|afterwards?|next|affected|involved|concerned|lost|included|too|as well|"
    r"again)\s*\?*$|^(?:what(?:'s|’s| is) )?(?:the )?latest(?: news)?\s*\?*$|^who (?:came|was|were) (?:before|after)\s*\?*$|"
    r"^(?:is|are) there (?:an?|any) (?:\w+ ){1,2}ones?\b|"
    r"^(?:what|which|who)(?:'s|’s| is| was| has| sells| sold)? (?:one (?:is|has) )?the "
    r"(?:(?:second|third)[ -])?(?:\w+est|(?:most|least) \w+)\s*\?*$|"
    r"^(?:how|what) (?:do|does) (?:the )?(?:industry|analysts|experts|critics|unions?|dealers) "
    r"(?:say|think|want|expect|react)\s*\?*$|^(?:any|more|further|other) \w+|\bwhat happened (?:next|then|after)|"
    r"\b(?:will|did|has) (?:production|construction|deliveries|sales|talks|work) "
    r"(?:start|begin|end|stop|resume|started|begun|ended)\b|"
    r"^(?:how|what) did (?:the )?(?:market|investors|analysts|shares|stock|union|rivals|"
    r"customers|workers)\b|\b(?:back )?then\s*\?*$|\bthe (?:more|less) \w+ (?:one|version|"
    r"model|variant)\b|\bthe one in\b|\b(?:hit|hurt) (?:the )?(?:hardest|most|worst)\s*\?*$|"
    r"^(?:how many|how much|which|what|any|at what|for how|on what|with|since) ?(?:when|much|long|whom?|what)?(?: ?\w+)?(?: (?:a|per) \w+)?\s*\?*$",
    re.I,
)
# "the BYD one", "the one in Canada": one of those that were spoken of
_COMPARES = re.compile(r"\bcompare\s*\?*$", re.I)
_ASKS = re.compile(rf"(?:who|whose|what|which|when|where|why|how|{AUX})\b", re.I)
_ONE = re.compile(
    r"\bthe (?!(?:first|last|only|right|wrong|big|\w+est)\b)[\w-]+ ones?\b|\bthe same ones?\b|"
    r"^same ones?\b|\b(?:affected|impacted|involved|included|concerned)(?: too| also| as well)?\s*\?*$",
    re.I,
)
# "Which of the two is cheaper?": the last two questions were about one each
_BOTH = re.compile(
    r"\b(?:(?:of|between|than|do|did|are|were|have|will) (?:the two|them both|both)|of (?:them|these|those)|"
    r"both of them|the two of them)\b|^(?:and |so )?which (?:one(?![\w-])|(?:is|was|has|costs|sells) (?:the )?\w+er\s*\?*$)|"
    r"\bboth\s*\?*$",
    re.I,
)
# "the plant?", "the money?" at the end: something that was named before
_LAST_DEFINITE = re.compile(
    r"\bthe (?!(?:most|best|least|worst|average|typical|first|next|last|\w+est|us|eu|uk)\b)"
    r"(?:[\w-]+ )?(?!(?:tax credit|credit|future|world|market|industry|winter|summer|cold|heat|grid|"
    r"climate|environment|planet|road|country|year|day|economy|internet|law)\b)(?-i:[^\WA-Z])[\w-]*\s*\?$",
    re.I,
)
_HEADLESS = re.compile(
    r"^(?:and |but |so )?how many (?:was|were|is|are|has|have|had|will|would|did|does|do|"
    r"of|in|by|last|more|fewer|less)\b|^(?:and |but |so )?how much (?:was|were|is|are|has|have|had|"
    # "How much does a wallbox cost?" names what it asks for
    r"(?:will|would|did|does|do)(?= (?:the|this|that|these|those|people|owners|buyers)\b)|"
    r"of|in|by|more|less)\b(?! (?:an?|every|each|most)\b)|^(?:which|what) ones?\b|^(?:who|what|where|which) (?:else|other)\b|"
    r"\bsince\s*\?*$",
    re.I,
)
_CHANGE = re.compile(
    r"\b(?:something else|another (?:topic|question|subject)|different (?:topic|question|subject)|"
    r"by the way|btw|one (?:more|other) (?:thing|question)|unrelated|chang(?:e|ing) (?:of |the )?(?:topic|subject)|new (?:topic|question))\b",
    re.I,
)
_PAST = re.compile(r"\b(?:did|was|were|had|lost)\b", re.I)
_SUPERLATIVE = re.compile(r"\b(?:most|best|worst|least|\w{3,}est)\b", re.I)
_COURTESY = frozenset(
    "thanks thank thx cheers hello hi hey bye goodbye yes yeah yep no nope ok okay great cool nice "
    "good fine super perfect awesome excellent wow sure help".split()
)
_AROUND_COURTESY = frozenset(
    "you very much so a lot again and for that this the your answer there well please sorry "
    "morning afternoon evening day".split()
)
_CONJUNCTION = re.compile(r"^(?:and|but|so|also|then|ok(?:ay)?,?)\b[ ,]*", re.I)
# What people say before they ask on: "Thanks.", "great,", "i see"
_BEFORE = re.compile(
    r"(?:(?:thanks|thx|thank you|ok(?:ay)?|h+m+|ah+|oh|i see|got it)(?: (?:so|very) much| a lot)?"
    r"(?![\w'’])|(?:great|cool|nice|good|interesting|right|sure|well|wow|alright|understood|perfect|"
    r"sorry|no|yes|yeah|hi|hello|hey)(?=\s*[,.!;:…–-]))(?:[\s,.!;:…–-]+|$)(?!\d)",
    re.I,
)


def opener(question: str) -> str:
    """The "And", "But", "So" at the start, "" if there is none."""
    match = _CONJUNCTION.match(question)
    return match[0] if match else ""


def without_courtesy(question: str) -> str:
    """The question without "Thanks.", "Great," or "I see" before it."""
    start = 0
    while match := _BEFORE.match(question, start):
        start = match.end()
    return question[start:] or question


def is_courtesy(question: str) -> bool:
    """Is it only thanks, a greeting, a yes or no ("OK, thank you very much!")?"""
    words = set(re.findall(r"\w+", question.lower()))
    return bool(words & _COURTESY) and words <= _COURTESY | _AROUND_COURTESY


_FOR_WHOM = re.compile(
    r"(?:what|who|how big|how high)(?:'s|’s| is| was| are| were) the (?:\w+ )?"
    rf"(?P<noun>{_RELATIONAL}) (?:for|in|at) ",
    re.I,
)


def asks_of_both(question: str) -> bool:
    """Does it ask about the two that the talk compared: "Which of the two is cheaper?"?"""
    return bool(_BOTH.search(question)) and not has_subject(question)


def repeats(question: str, words: Sequence[str]) -> bool:
    """ "What's the plan for the US?" after a question about a plan, and with no subject?"""
    match = _FOR_WHOM.match(question)
    return (
        match is not None
        and match["noun"].lower() in {w.lower() for w in words}
        and not has_subject(question)
    )


def changes_topic(question: str) -> bool:
    """Does the question say itself that it is about something else?"""
    return bool(_CHANGE.search(question))


def leans_silently(question: str, known: frozenset[str] = frozenset()) -> bool:
    """Is something missing that no pronoun stands for: "What was the cause?", "How many jobs?"

    `known` are the usual names of what the last question was about: a question that names only
    those may still go on with it ("How did Tesla react?").
    """
    if re.match(r"(?:and|but)\b", question, re.I):
        # "And what changes in 2026?" goes on with the topic unless it brings its own
        return not any(n.kind != "place" for n in find_names(question))
    if _ONE.search(question):
        return True
    if _COMPARES.search(question) and len(names_in(question)) == 1:
        return True  # "How does the Lightning compare?": with whom, was said before
    own = {n.canonical for n in names_in(question) if n.kind != "place" or acts(question, n)}
    if own - known:
        return False
    periods = stated_periods(question)
    if _ASKS.match(question) and not question.endswith("?"):
        question = f"{question}?"
    undated = question
    for start, end, _ in reversed(periods):
        undated = undated[:start] + undated[end:]
    # "the talks in May" are no more told apart by that than "the talks"; "the talks in Oslo" are
    if _DEFINITE.search(undated.strip()):
        return True
    if any(p.search(question.strip()) for p in (_LOOSE, _HEADLESS, _LAST_DEFINITE)):
        return True
    # news is about somebody: a question about the past that names nobody and no time goes on
    return bool(
        _PAST.search(question)
        and not names_in(question)
        and not periods
        and not _SUPERLATIVE.search(question)
    )
