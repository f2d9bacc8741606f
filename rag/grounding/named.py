"""Do the names of a sentence stand in its quotes, as such or in another form?"""

import re
from collections.abc import Sequence

from corpus.names import Name, find_names
from rag.grounding.countries import meant
from rag.grounding.phrases import COMMON, content
from rag.grounding.quantity import find_quantities
from rag.grounding.spelling import folded

# Every article here is about these, so a sentence may use the word when the quote says "car".
_GENERIC = frozenset({"EV", "NEV", "kWh", "MWh", "GWh", "kW", "MW", "GW", "battery swap", "ICE"})
# A narrower name allows the wider one.
_WIDER = {"Europe": {"European Union"}, "BEV": {"EV"}, "ZEV": {"EV"}}
# Endings of ordinary English nouns, verbs and adverbs; few names have them.
_SUFFIX = re.compile(
    r"(?:ing|ments?|ists?|ions?|ness|it(?:y|ies)|ly|ances?|ences?|ings|ship|[a-z]{3}ed|ators?|ever)$"
)
# "Calabria" and "Calabrian", "Oman" and "Omani".
_PEOPLE = ("n", "an", "ian", "i")
_STEMS = frozenset(content(word) for word in COMMON)
_TITLES = frozenset(
    "mr mrs ms dr prof chief executive officer president chairman chairwoman chair minister prime "
    "senator governor mayor judge professor engineer ceo cfo coo cto suv suvs tv vat i".split()
)
_LINKS = frozenset({"of", "for", "and", "the", "on", "in"})
_SPOKE = (
    r"(?:,? who\b|,? (?:also )?(?:said|says|told|added|had|wants|argued|thinks|believes|warned)\b)"
)


def missing_name(sentence: str, source: str, context: str) -> str | None:
    """One phrase for the first name of the sentence that neither quotes nor context hold, or None."""
    text = f"{source} \n{context}"
    there = {name.canonical for name in find_names(text)}
    words = _words(text) | meant(text)
    names = find_names(sentence)
    money = [(q.start, q.end) for q in find_quantities(sentence) if q.kind == "money"]
    for name in names:
        if any(start <= name.start < end for start, end in money):
            continue  # "Canadian dollars"
        if not _named(name, there, words):
            return f"the name {name.surface} is in none of the quotes"
    for surface in _other_names(sentence, names):
        parts = [part for part in re.findall(r"[\w’']+", surface) if not part.islower()]
        if not all(_spelled(part, words) for part in parts) and not (
            _short(surface, text) or _first_name(surface, sentence, source)
        ):
            return f"the name {surface} is in none of the quotes"
    return None


def _named(name: Name, there: set[str], words: set[str]) -> bool:
    if name.canonical in there or name.canonical in _GENERIC:
        return True
    if there & _WIDER.get(name.canonical, set()):
        return True
    if name.kind in ("technology", "policy") and name.surface[:1].islower():
        return all(_spelled(w, words) for w in re.findall(r"\w+", name.surface)) or (
            name.canonical in ("BEV", "ZEV") and bool({"electric", "battery"} & words)
        )
    if name.canonical == "BEV" and {"electric", "battery"} <= words:
        return True
    return all(_spelled(word, words) for word in re.findall(r"\w+", name.surface))


def _words(text: str) -> set[str]:
    words = set(re.findall(r"\w+", folded(text)))
    return words | {content(word) for word in words}


def _short(surface: str, text: str) -> bool:
    """ "EIB" where the quotes write out the European Investment Bank."""
    if not (surface.isupper() and 2 < len(surface) < 7):
        return False
    words = [word for word in re.findall(r"\w+", text) if word not in _LINKS]
    return surface in "".join(word[0] if word[0].isupper() else " " for word in words)


def _first_name(surface: str, sentence: str, source: str) -> bool:
    """A first name before the surname of a person whom the quotes call by the surname alone."""
    match = re.search(rf"\b{re.escape(surface)} ([A-Z]\w+)", sentence)
    if not match or not surface.isalpha():
        return False
    surname = re.escape(match[1])
    named_so = re.search(rf"\b{surname}{_SPOKE}", source)
    return bool(named_so) and not re.search(rf"\b[A-Z]\w+ {surname}\b", source)


def _spelled(word: str, words: set[str]) -> bool:
    bare = folded(re.sub(r"['’]s?$", "", word))
    forms = {bare, content(bare), bare.removesuffix("s")}
    if len(bare) > 3:
        forms |= {bare + end for end in _PEOPLE} | {bare.removesuffix(end) for end in _PEOPLE}
    elif any(map(str.isdigit, bare)):
        forms.add(bare + "s")  # "the E5" of some E5s
    return bool(forms & words)


def _other_names(sentence: str, known: Sequence[Name]) -> list[str]:
    """Capitalised words that are not in the list of names; the first word only when unusual."""
    taken = [(name.start, name.end) for name in known]
    taken += [(q.start, q.end) for q in find_quantities(sentence)]
    out = []
    for match in re.finditer(r"(?<!\w)(?:[^\W\d_][\w&’'.\-]*[\w]|[^\W\d_])", sentence):
        word = match.group()
        if not any(char.isupper() for char in word):
            continue
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        bare = re.sub(r"['’](?:s|d|ll|ve|re|m)?$", "", word)
        before = sentence[: match.start()].rstrip(" \"'“‘(")
        opens = not before or before[-1] in ".!?:;"
        plain = bare[0].isupper() and bare[1:].islower()
        if (opens and plain and ordinary(bare)) or bare.casefold() in _TITLES:
            continue
        if len(bare) > 1 or not opens:
            out.append(bare)
    return [word for word in out if word not in ("A", "I")]


def ordinary(word: str) -> bool:
    """Is a capitalised word at the head of a sentence likely an ordinary one?"""
    lower = word.casefold()
    known = lower in COMMON or lower.removesuffix("s") in COMMON or content(lower) in _STEMS
    return known or "-" in word or bool(_SUFFIX.search(lower))
