"""What was the talk about? The names, the thing and the words of the last question and answer."""

import re
from dataclasses import dataclass
from itertools import pairwise

from corpus.names import Name, find_names
from rag.sentences import spans
from rag.when import stated_periods

_THING_NOUNS = (
    r"plants?|factory|factories|gigafactory|deal|recall|strike|merger|law|bill|ban|tariffs?|"
    r"batter(?:y|ies)|trucks?|cars?|suv|van|pick-?up|network|project|joint venture|venture|"
    r"partnership|acquisition|lawsuit|investment|loan|chargers?|robotaxi|service|start-?up|"
    r"subsid(?:y|ies)|tax credit|bonus|site|mine|stake|ipo|software|update|talks|sedan|system"
)
_THING = re.compile(
    rf"\b(?:(?:an?|the|its|their|his) (?:(?!(?:of|for|in|on|to|and|at|by|with|without|from)\b)[\w-]+ ){{0,3}}?"
    rf"(?:{_THING_NOUNS})(?: (?:{_THING_NOUNS}))*|tariffs)\b",
    re.I,
)
_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an the is are was were be been do does did has have had will would can could should "
        "may might what who whom whose which when where why how much many long far big high fast "
        "often of in on at by for to from with about as and or but so than that this these those "
        "there it its they their them he his him she her i you we us me my our your did not no "
        "yes any some more most also still already now ever yet happen happened happens say said "
        "says tell after before since during",
    )
)
# Everybody's words: "it" is seldom "EV" when the question also names a thing or a company.
_GENERIC = frozenset({"EV", "BEV", "PHEV", "NEV", "ZEV", "ICE", "kWh", "MWh", "GWh", "kW", "MW"})
_WOMEN = frozenset(
    "mary linda britta hildegard robyn ursula christine marta stella annika denise kathleen "
    "gretchen jennifer gina lydia sarah anna maria elizabeth julia margrethe janet".split()
)
NOW = r"(?:(?:right )?now|today|currently|these days|nowadays|at the moment)"
AUX = r"(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should)"


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier question, made to stand alone, and its answer."""

    question: str
    answer: str = ""


def names_in(text: str) -> tuple[Name, ...]:
    """Listed names of `text`, and capitalised runs that are in no list, as companies.

    A run that opens the sentence counts only when it is more than its first word.
    """
    listed = find_names(text)
    found = list(listed)
    for match in re.finditer(r"(?<![\w'’.])[A-Z][\w&-]*(?: (?:[A-Z][\w&-]*|\d+))*", text):
        start, end = match.span()
        head = text[:start].rstrip()
        if not head or head[-1] in '.?!:;"“':
            rest = re.match(r"[\w&-]+ ", match[0])
            if rest is None:
                continue
            start += rest.end()
        if any(start < n.end and n.start < end for n in listed):
            continue
        surface = text[start:end]
        if re.fullmatch(
            r"(?:EVs?|I|CEO|CFO|COO|IPO|SUVs?|US\$|[QH]\d(?: \d+)?|\d+|MW|GWh|kWh)", surface
        ):
            continue
        if re.match(
            r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|(?:Mon|Tues|Wednes|"
            r"Thurs|Fri|Satur|Sun)day",
            surface,
        ):
            continue
        found.append(Name(start, end, surface, surface, "company"))
    return tuple(sorted(found, key=lambda n: n.start))


def first_sentence(text: str) -> str:
    """The first sentence, roughly; enough to see what an answer is about."""
    return next((text[start:end] for start, end in spans(text)), "")


def topic_names(past: Past) -> tuple[Name, ...]:
    """The names that the last question was about, else those its answer begins with."""
    asked = tuple(n for n in names_in(past.question) if n.canonical not in _GENERIC)
    if any(n.kind in ("company", "model", "person", "policy", "technology") for n in asked):
        return asked
    return asked + tuple(n for n in names_in(first_sentence(past.answer)) if n.kind != "place")[:2]


def person(past: tuple[Past, ...], *, woman: bool = False) -> str | None:
    """The person whom "he" or "she" means: the one named last, of that sex by first name."""
    for turn in reversed(past):
        for text in (turn.question, turn.answer):
            for name in names_in(text):
                if name.kind == "person" and _is_woman(name.canonical) == woman:
                    return name.canonical
        # a name that is in no list: "Antonio Filosa became chief executive"
        if re.search(r"\b(?:who|ceo|chief|boss|founder)\b", turn.question, re.I):
            run = re.search(r"\b[A-Z][a-zé]+(?: [A-Z][\w.-]*)? [A-Z][a-zéü]+\b", turn.answer)
            if run and not any(
                n.kind == "company" and n.surface in run[0]
                for n in names_in(run[0])
                if n.canonical != n.surface or n.surface != run[0]
            ):
                return run[0]
    return None


def _is_woman(name: str) -> bool:
    return name.split()[0].lower() in _WOMEN


def companies(past: tuple[Past, ...]) -> str | None:
    """Whom "they" means: "Honda and Nissan" where the last question joins two, else one."""
    question = past[-1].question
    names = [n for n in names_in(question) if n.kind == "company"]
    for one, other in pairwise(names):
        if question[one.end : other.start].strip() in ("and", "&"):
            return f"{one.surface} and {other.surface}"
    return of_kind(past, ("company",))


def of_kind(past: tuple[Past, ...], kinds: tuple[str, ...]) -> str | None:
    """The newest name of one of `kinds`, questions before answers, the last two turns only."""
    for turn in reversed(past[-2:]):
        for text in (turn.question, first_sentence(turn.answer)):
            for kind in kinds:
                for name in names_in(text):
                    if name.kind == kind and name.canonical not in _GENERIC:
                        return name.surface
    return None


def thing(past: Past) -> str | None:
    """The common noun that "it" may mean: "a battery plant" -> "the battery plant"."""
    match = _THING.search(past.question)
    if match is None:
        return None
    words = re.sub(r"^(?:an?|the|its|their|his) ", "", match[0], flags=re.I)
    if any(n.kind == "place" for n in names_in(f"x {words}")):
        # "the EU impose tariffs": the noun alone, names are added anyway
        words = re.findall(rf"\b(?:{_THING_NOUNS})\b(?: (?:{_THING_NOUNS}))*", words, re.I)[-1]
    return f"the {words}"


def content(question: str) -> list[str]:
    """The words of a question that carry meaning, in order; its period is left out."""
    for start, end, _ in reversed(stated_periods(question)):
        question = f"{question[:start]} {question[end:]}"
    words = re.findall(r"[\w$€£%][\w.,'’$%-]*[\w%]|\w", question)
    return [w for w in words if re.sub(r"['’]s$", "", w.lower()) not in _STOP]


def reworded(asking: str, question: str) -> str | None:
    """The last question asked anew: ("why", "When did Ford cut prices?") -> "Why did Ford ...".

    None when the question has no verb to build on ("Who bought the plant?").
    """
    match = re.match(
        rf"^(?P<wh>(?:(?:by |in |at |on )?(?:what|which|who|whom|when|where|why|how)\b.*?)?)\s*"
        rf"\b(?P<aux>{AUX})\s+(?P<rest>\S+ .*?)\??$",
        question.strip(),
        re.I | re.S,
    )
    if match is None:
        return None
    wh = content(match["wh"])
    # "How many cars did Tesla deliver": "cars" must not get lost
    lost = f" ({' '.join(wh)})" if wh else ""
    return f"{asking[0].upper()}{asking[1:]} {match['aux'].lower()} {match['rest']}{lost}?"


def has_subject(question: str) -> bool:
    """Does the question name a company, car, person, policy or technology of its own?"""
    return any(n.kind != "place" for n in names_in(question))


def acts(question: str, name: Name) -> bool:
    """Is a place the subject: "did Norway introduce", not "sold in Norway"?"""
    return bool(re.search(rf"\b{AUX} (?:the )?$", question[: name.start], re.I))
