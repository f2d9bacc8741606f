"""Pronouns: "it", "he", "they", "there", "the company", and whether they mean something outside."""

import re

from rag.talk.focus import AUX, acts, names_in

# "How much does it cost to charge", "is it true that": this "it" means nothing before it
_EXPLETIVE = re.compile(
    r"\bit (?:(?:take|cost|make sense)s?|took|cost|mean) (?:\w+ ){0,3}?to\b|"
    r"\b(?:is|was|would|does|will) it (?:be |still |really |even |now )?"
    r"(?:true|worth|possible|legal|safe|better|cheaper|hard|easy|likely|make sense|matter|ok|"
    r"allowed|necessary|good|bad|expensive|wise|cost|take)\b(?! (?:now|then)?\??$)"
    r"(?= (?:\w+ ){0,3}?(?:that|to|if|whether|for|\w+ing)\b)|"
    r"\bit(?:'s|’s| is| was| gets) (?:cold|hot|freezing|warm|raining|snowing|dark|late)\b|"
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
    rf"\b{AUX} (?:this|that|these|those)\b(?! (?:year|quarter|month|week|summer|winter|spring)s?\b)|"
    r"\b(?:for|of|with|by|about|from) (?:that|this|those|these)\s*\?*$|"
    r"\b(?:compare|break|explain|repeat|list|put) (?:this|that|these|those)\b|"
    r"\b(?:the same|do so|the (?:former|latter)|the (?:new|old|cheaper|other) ones?)\b|"
    r"\b(?:that|this|these|those) (?:deal|plan|plant|factory|law|rule|decision|number|figure|"
    r"recall|price|move|news|announcement|project|money|talks|merger|car|battery)s?\b|"
    r"\b(?:that|those) (?:year|time)s?\b",
    re.I,
)
_OBJECT = re.compile(r"\bit\s*\?*$", re.I)
# A question that has asked for a thing by name goes on with it: "What is V2G and does it ..."
_CLAUSE = re.compile(
    rf"^(?:what|which|who) (?:is|are|was|were) (?!(?:it|its|they|their|this|that|he|she|the)\b)"
    rf".{{0,80}} and (?:\w+ ){{0,2}}{AUX} $|"
    r"^(?:what|which|who) (?:is|are|was|were) the .{0,60}\b[a-z]{3,}s and "
    rf"(?:\w+ ){{0,2}}{AUX} $",
    re.I,
)


def outward(question: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first pronoun that means something outside the question, if any.

    "Did Ford say it would cut jobs?" and "Do owners like their cars?" explain themselves.
    """
    expletive = [m.span() for m in _EXPLETIVE.finditer(question)]
    if pattern is CAR:
        expletive += [(n.start - len("the "), n.end) for n in names_in(question)]  # "the Model X"
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
    after_aux = re.search(rf"\b{AUX} $", head, re.I)
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
        if pronoun == "its" and any(acts(head, n) for n in names):
            return True  # "Has the EU changed its ban?"
        if after_aux and not kinds & {"company", "model", "policy", "technology"}:
            return False
        # "Did Lyten buy it?": the one who acts is not what it is done to
        if _OBJECT.search(whole) and len(names) == 1 and acts(head, names[0]):
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
            r"\b(?!(?:is|was|does|has|this|its|as|his|us)\b)"
            r"(?:[a-z]{3,}s|people|staff|anyone|everyone|men|women)\b",
            head,
            re.I,
        )
        return bool(noun) and not re.search(r"\b(?:many|much) of $", head, re.I)
    if pattern in (COMPANY, CAR):
        return bool(kinds & {"company", "model"})
    if pattern is THERE:
        return "place" in kinds
    return False
