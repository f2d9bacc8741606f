"""The words around a period: do they make it one, or is it what the question is about?"""

import re
from datetime import date

from corpus.names import find_names
from rag.dates.leads import Lead
from rag.dates.periods import Mention

# A thing that is named after its year, or a plan for it.
_THING = re.compile(
    r"^(?:'s|’s)?[ -](?:(?!(?:about|on|for|to|of|in|by|with|at|from|and|or|than|that|which|did|"
    r"was|were|the|an?|his|its|their) )[\w-]+ ){0,3}?(?:targets?|goals?|bans?|deadlines?|"
    r"phase[- ]?outs?|cut[- ]?offs?|mandates?|rules?|standards?|regulations?|elections?|models?|model[- ]years?|"
    r"versions?|editions?|facelift|refresh|line-?up|forecasts?|guidance|outlook|estimates?|"
    r"projections?|expectations|ambitions?|plans?|pledges?|requirements?|limits?|expiry|"
    r"expiration|olympics|roadmap|strategy|agenda|vision)\b",
    re.I,
)
_UNITS = re.compile(
    r"^ (?:(?!(?:on|in|at|for|to|with|by|of|from|and|or|than|the|about) )[a-z-]+ )?(?:miles?|km|kms|kilomet(?:er|re)s|kwh|mwh|gwh|kw|hp|horsepower|kg|"
    r"pounds|tons?|tonnes|units?|cars?|vehicles?|evs?|trucks?|vans?|buses|jobs?|workers?|"
    r"employees|people|staff|dollars?|euros?|yuan|pounds|chargers?|stations?|stalls|stores|"
    r"dealers(?:hips)?|cit(?:y|ies)|countries|customers|owners|orders|reservations|cells|"
    r"batter(?:y|ies)|packs|cycles|hours|minutes|seconds|percent|per cent|million|billion|"
    r"times|points|pieces|locations|sites|patents|suppliers|shares|nm|rpm|bhp|ps)\b",
    re.I,
)
_RESULTS = (
    r"(?:sales|deliver(?:y|ies)|registrations?|earnings|results?|revenues?|profits?|loss(?:es)?|"
    r"production|output|figures|numbers|shipments|exports|imports|market share|share|volumes?|"
    r"margins?|income|turnover|recalls?|strike|strikes|layoffs|job cuts|price cuts?|ipo|"
    r"bankruptc(?:y|ies)|insolvency|subsid(?:y|ies)|installations)"
)
_HAPPENING = re.compile(r"^ (?:[\w-]+ ){0,3}?(?:strikes?|recalls?|ipo|bankruptc(?:y|ies))\b", re.I)
_RESULTS_AFTER = re.compile(
    rf"^(?:'s|’s)?(?: (?:[\w-]+ ){{0,4}}?){_RESULTS}\b(?! (?:targets?|goals?|bans?|forecasts?|"
    r"guidance|outlook|estimates?|ambitions?|plans?))",
    re.I,
)
_RESULTS_BEFORE = re.compile(
    rf"\b{_RESULTS}(?: figures| numbers| results)?,? (?:for |in )?(?:the )?$", re.I
)
_FORWARD_NOUN = r"(?:targets?|goals?|forecasts?|guidance|outlook|deadline|plans?|ambitions?)"
_FORWARD = re.compile(
    r"\b(?:will|would|won't|shall|going to|"
    r"(?:plan|aim|expect|intend|hop|promis|pledg|want|vow|propos|schedul|suppos|slat|project|"
    r"forecast|predict|estimat|commit|target)(?:s|e|es|ed|ing|ned|ning|ted|ting)? "
    r"(?:\w+ ){0,4}?to|due to (?!the|a\b|its|high|low)|set to|"
    rf"{_FORWARD_NOUN} (?:for|of|to)|(?:be|being|is|are) (?:built|launched|banned|sold|made))\b",
    re.I,
)
_SAID = re.compile(
    r"\b(?:announc|sa(?:y|id)|report|unveil|reveal|publish|promis|predict|forecast|plan|pledg|"
    r"set|hold|held|made|make|ma(?:y|d)e|sign|warn|cut|rais|issu|pass|approv|adopt|decid|agree|"
    r"propos|tweet|claim|estimat|expect|file)\w*(?: (?!to\b)\w+){0,2} "
    r"(?:back )?(?:in|on|during|at)\s+(?:the )?$",
    re.I,
)
_PAST_AUX = re.compile(r"\b(?:did|was|were|had|has|have)\b", re.I)
_AUDI = re.compile(r"\b(?:audi|infiniti|new|used|the|electric|an?)(?:'s|’s)? $", re.I)
_Q_THING = re.compile(r"^(?: (?:[5-8]0|e-?tron|sportback|suv|trim|(?-i:[A-Z])\w*)|-e)", re.I)
_FROM_ON = re.compile(r"^ (?:on\b|onwards?|to (?:now|today|the present|date)\b|until now)", re.I)
_MODEL_WORD = re.compile(r"^ (?:model|my|series|class|edition)\b", re.I)
# "the Infrastructure Law of 2021", "the class of 2025"
_NAMED_AFTER = re.compile(
    r"\b(?:(?i:class|act|law|bill|code|deal|treaty|crisis|generation)|(?<=\w )[A-Z]\w+) $"
)
# What is still to come in a period that has begun: "EVs arriving in 2026"
_COMING = re.compile(
    r"\b(?:arriv(?:e|es|ing)|com(?:e|es|ing)|launch(?:es|ing)|debut(?:s|ing)|go(?:es|ing)? on sale|"
    r"hit(?:s|ting)? the (?:market|roads?|streets)|upcoming) (?:\w+ ){0,4}(?:in |for )?$",
    re.I,
)
_DATING = (
    *("in", "during", "for", "since", "before", "not before", "after", "until"),
    *("than", "compare"),
)


def is_subject(text: str, mention: Mention, lead: Lead, today: date, *, ranged: bool) -> bool:
    """Is this no period at all, or one that the question is about instead of dated by?"""
    head, tail = text[: lead.start], text[mention.end :]
    phrase = text[mention.start : mention.end]
    if lead.kind == "as of" or lead.words.lower() in ("pre-", "post-"):
        return False
    if lead.kind == "by" or _THING.match(tail):
        return True
    if mention.period.end >= today and _COMING.search(head) and not _PAST_AUX.search(head):
        return True
    if lead.kind == "from" and not _FROM_ON.match(tail):
        return True  # "halves output from January": what begins then is told before
    if _is_planned(text, head, mention, lead):
        return True
    if mention.sure and not (lead.kind == "for" and mention.period.grain == "year"):
        return _is_car_of_year(phrase, tail)
    return not ranged and not _is_dated(text, mention, lead)


def _is_planned(text: str, head: str, mention: Mention, lead: Lead) -> bool:
    """Was the period only promised: "planned to sell in 2025", "target for 2024"?"""
    if lead.kind in ("since", "before", "until", "after", "published"):
        return False
    if _SAID.search(text[: mention.start]):
        return False
    clause = re.split(r"[.;?!]", head + lead.words)[-1]
    return bool(_FORWARD.search(clause))


def _is_dated(text: str, mention: Mention, lead: Lead) -> bool:
    """Do the words around an unsure phrase ("2023", "May", "Q4") make it a period?"""
    phrase, tail = text[mention.start : mention.end], text[mention.end :]
    if _UNITS.match(tail) and phrase.isdigit() and not re.match(r"^ (?:evs?|cars?)\b", tail, re.I):
        return False
    if _UNITS.match(tail) and phrase.isdigit() and not _RESULTS_AFTER.match(tail):
        return False
    if _is_car_of_year(phrase, tail) and not _opens(text, lead.start):
        return False
    if lead.words.lower().split() == ["of"] and _NAMED_AFTER.search(text[: lead.start]):
        return False
    if re.fullmatch(r"[QH][1-4]", phrase, re.I):
        return _is_quarter(text, mention, lead, tail)
    if lead.kind == "for":
        return bool(_RESULTS_BEFORE.search(text[: mention.start]))
    named = lead.words.lower().split()
    if lead.kind and lead.kind != "between":
        if lead.kind == "in" and named[0] in ("around", "over", "at") and "whole" not in named:
            return False
        # "in the 2023 report" and "of the 2024 Blazer" speak of a thing
        return not (named[-1:] == ["the"] and re.match(r"^ [\w]", tail)) or bool(
            _RESULTS_AFTER.match(tail)
        )
    if not (phrase[:4] + phrase[-4:]).isdigit():  # "2023", "2021 to 2023"
        return (
            bool(re.match(r"^(?:'s|’s)? ", tail) and phrase[0].isupper())
            and bool(_RESULTS_AFTER.match(tail))
        ) or _is_ordinal(phrase, tail)
    if re.search(r"\bthe $", text[: mention.start], re.I) and _HAPPENING.match(tail):
        return False  # "the 2023 strike" is told of for years
    return bool(
        (_RESULTS_AFTER.match(tail) and not _first_name(tail))
        or (_RESULTS_BEFORE.search(text[: mention.start]) and not re.match(r"^ [A-Z]", tail))
    )


def _is_ordinal(phrase: str, tail: str) -> bool:
    return bool(re.search(r"quarter|half", phrase, re.I)) and not re.match(r"^ of\b", tail)


def _is_quarter(text: str, mention: Mention, lead: Lead, tail: str) -> bool:
    """Is "Q4" a quarter and not an Audi, "H2" a half year and not hydrogen?"""
    if _Q_THING.match(tail) and not _RESULTS_AFTER.match(tail):
        return False
    if text[mention.start : mention.end].upper() == "H2":
        named = bool(re.match(r"^(?:[,.?!;]|$| (?:of|and|than|compared)\b)", tail))
        return bool(lead.kind in ("in", "during", "for", "since") and named)
    if lead.kind in _DATING:
        return not re.search(r"\bthe $", text[: mention.start], re.I)
    if _AUDI.search(text[: mention.start]):
        return False
    return bool(_RESULTS_AFTER.match(tail) or _RESULTS_BEFORE.search(text[: mention.start]))


def _first_name(tail: str) -> bool:
    """Does a car model come right after the year ("2022 Model Y recall")?"""
    found = find_names(tail)
    for name in found:
        between = tail[: name.start].strip()
        if name.kind == "model" and (not between or between[0].isupper()):
            return True
    return False


def _is_car_of_year(phrase: str, tail: str) -> bool:
    """Is the year a model year: "2024 Camaro", "2025 Model Y", "2023 model"?"""
    if not phrase[-4:].isdigit() or not re.match(r"^ \w", tail):
        return False
    if _MODEL_WORD.match(tail) or _first_name(tail):
        return True
    # a name that is in no list: "2024 Blazer RS"; but "in 2023 Tesla sold" goes on with a verb
    run = re.match(r"^ ((?:[A-Z][\w-]*|[A-Z]?\d[\w-]*)(?: [A-Z\d][\w-]*)*)(?P<rest>.*)", tail, re.S)
    if run is None:
        return False
    names = find_names(run[1])
    if names and names[0].start == 0 and names[0].end == len(run[1]):
        return False
    return not re.match(
        r"^ (?:\w+ed|sold|lost|made|had|was|were|is|are|did|built|won|cut|saw|"
        r"went|and|became|began|sales|deliveries)\b",
        run["rest"],
    )


def _opens(text: str, start: int) -> bool:
    return not re.search(r"\w", text[:start])
