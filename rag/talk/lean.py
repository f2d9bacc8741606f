"""Does a question lean on what was said before, and on what: a pronoun, "the price", nothing?"""

import re
from collections.abc import Sequence

from corpus.names import Name, find_names
from rag.talk.focus import names_in
from rag.when import stated_periods

_AUX = r"(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should)"
# "How much does it cost to charge", "is it true that": this "it" means nothing before it
_EXPLETIVE = re.compile(
    r"\bit (?:(?:take|cost|make sense)s?|took|cost|mean) (?:\w+ ){0,3}?to\b|"
    r"\b(?:is|was|would|does|will) it (?:be |still |really |even |now )?"
    r"(?:true|worth|possible|legal|safe|better|cheaper|hard|easy|likely|make sense|matter|ok|"
    r"allowed|necessary|good|bad|expensive|wise|cost|take)\b(?! (?:now|then)?\??$)"
    r"(?= (?:\w+ ){0,3}?(?:that|to|if|whether|for|\w+ing)\b)|"
    # "Who was it before him?" asks for a person
    r"\bwho(?: was|'s|’s| is) it(?= (?:before|after|then|now|who|that)\b|\W*$)",
    re.I,
)
PERSON = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.I)
IT = re.compile(r"\b(?:it|its|itself)\b", re.I)
THEY = re.compile(r"\b(?:they|their|them|theirs)\b", re.I)
COMPANY = re.compile(
    r"\bthe (?:company|firm|auto ?maker|car ?maker|start-?up|manufacturer|maker|group)\b"
    r"(?! (?:that|which|with|behind|of))",
    re.I,
)
CAR = re.compile(
    r"\b(?:the|this|that) (?:car|vehicle|truck|model|suv|pick-?up|sedan|van)\b"
    r"(?! (?:market|industry|that|which|with|of|maker|owner))",
    re.I,
)
THERE = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!be )\bthere\b(?! (?:is|are|was|were))", re.I
)
THAT = re.compile(
    r"\b(?:this|that|these|those)\b(?=\s*(?:[?,.!]|$|(?:is|was|are|were|did|does|do|has|have|will|"
    r"would|happen|mean|affect|compare|work|change|one|ones)\b))|"
    rf"\b{_AUX} (?:this|that|these|those)\b(?! (?:year|quarter|month|week|summer|winter|spring)s?\b)|"
    r"\b(?:for|of|with|by|about|from) (?:that|this|those|these)\s*\?*$|"
    r"\bcompare (?:this|that|these|those)\b|"
    r"\b(?:the same|do so|the (?:former|latter)|the (?:new|old|cheaper|other) ones?)\b|"
    r"\b(?:that|this|these|those) (?:deal|plan|plant|factory|law|rule|decision|number|figure|"
    r"recall|price|move|news|announcement|project|money|talks|merger|car|battery)s?\b|\b(?:that|those) (?:year|time)s?\b",
    re.I,
)
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
    rf"(?:{_RELATIONAL})\b(?!\s+(?:of|(?:for|in)(?! (?:19|20)\d\d\b)|on|to|that|which|between|with|behind|at|from|who|makers?|cells?|prices?|swapping|packs?)\b)",
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
_ASKS = re.compile(rf"(?:who|whose|what|which|when|where|why|how|{_AUX})\b", re.I)
_ONE = re.compile(
    r"\bthe (?!(?:first|last|only|right|wrong|big|\w+est)\b)[\w-]+ ones?\b|\bthe same ones?\b|"
    r"^same ones?\b",
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
    r"climate|environment|planet|road|country|year|day|economy|internet|law)\b)[\w-]+\s*\?$",
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
_CONJUNCTION = re.compile(r"^(?:and|but|so|also|then|ok(?:ay)?|no,|sorry|oh)(?!\w)[ ,]*", re.I)


def opener(question: str) -> str:
    """The "And", "But", "So" at the start, "" if there is none."""
    match = _CONJUNCTION.match(question)
    return match[0] if match else ""


def is_courtesy(question: str) -> bool:
    """Is it only thanks, a greeting, a yes or no ("OK, thank you very much!")?"""
    words = set(re.findall(r"\w+", question.lower()))
    return bool(words & _COURTESY) and words <= _COURTESY | _AROUND_COURTESY


def has_subject(question: str) -> bool:
    """Does the question name a company, car, person, policy or technology of its own?"""
    return any(n.kind != "place" for n in names_in(question))


def outward(question: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first pronoun that means something outside the question, if any.

    "Did Ford say it would cut jobs?" and "Do owners like their cars?" explain themselves.
    """
    expletive = [m.span() for m in _EXPLETIVE.finditer(question)]
    for match in pattern.finditer(question):
        if any(start <= match.start() < end for start, end in expletive):
            continue
        if not _explained(match, pattern):
            return match
    return None


def _explained(match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    """Do the words before the pronoun already say what it means?"""
    whole, pronoun = match.string, match[0].lower()
    head = whole[: match.start()]
    after_aux = re.search(rf"\b{_AUX} $", head, re.I)
    names = names_in(head)
    kinds = {n.kind for n in names}
    if after_aux and _CLAUSE.search(head):
        return True  # "What is a heat pump and how does it work?"
    if pattern is PERSON:
        if pronoun in ("he", "him", "she"):
            head = re.sub(r"^(?:and |but |so )?who\b", "", head, flags=re.I)  # "Who replaced him?"
        return "person" in kinds or bool(
            re.search(
                r"\b(?:ceo|boss|chief|founder|chairman|minister|president|owner|driver|man|woman|"
                r"executive|analyst|who)\b",
                head,
                re.I,
            )
        )
    if pattern is IT:
        if pronoun == "its" and any(_acts(head, n) for n in names):
            return True  # "Has the EU changed its ban?"
        if after_aux and not kinds & {"company", "model", "policy", "technology"}:
            return False
        # "Did Lyten buy it?": the one who acts is not what it is done to
        if _OBJECT.search(whole) and len(names) == 1 and _acts(head, names[0]):
            return False
        return bool(kinds - {"place", "person"}) or bool(
            re.search(r"\b(?:an?|every|each|any|cold|hot) [\w-]+ (?:[\w-]+ )*$", head, re.I)
        )
    if pattern is THEY:
        if kinds & {"company", "person"}:
            return True
        if after_aux:
            return bool(re.search(r"\S (?:when|if|because|while|after|before)\b", head, re.I))
        # "who drives them": the word after "who" is a verb
        head = re.sub(r"^(?:and |but |so )?(?:who|what) \w+s\b", "", head, flags=re.I)
        noun = re.search(
            r"\b(?!(?:is|was|does|has|this|its|as|his|us)\b)(?:[a-z]{3,}s|people|staff|anyone|everyone|men|women)\b",
            head,
            re.I,
        )
        return bool(noun) and not re.search(r"\b(?:many|much) of $", head, re.I)
    if pattern in (COMPANY, CAR):
        return bool(kinds & {"company", "model"})
    if pattern is THERE:
        return "place" in kinds
    return False


_OBJECT = re.compile(r"\bit\s*\?*$", re.I)
_FOR_WHOM = re.compile(
    r"(?:what|who|how big|how high)(?:'s|’s| is| was| are| were) the (?:\w+ )?"
    rf"(?P<noun>{_RELATIONAL}) (?:for|in|at) ",
    re.I,
)
# A question that has asked for a thing by name goes on with it: "What is V2G and does it ..."
_CLAUSE = re.compile(
    rf"^(?:what|which|who) (?:is|are|was|were) (?!(?:it|its|they|their|this|that|he|she|the)\b)"
    rf".{{0,80}} and (?:\w+ ){{0,2}}{_AUX} $|"
    rf"^(?:what|which|who) (?:is|are|was|were) the .{{0,60}}\b[a-z]{{3,}}s and (?:\w+ ){{0,2}}{_AUX} $",
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


def _acts(question: str, name: Name) -> bool:
    """Is a place the subject: "did Norway introduce", not "sold in Norway"?"""
    return bool(re.search(rf"\b{_AUX} (?:the )?$", question[: name.start], re.I))


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
    own = {n.canonical for n in names_in(question) if n.kind != "place" or _acts(question, n)}
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
