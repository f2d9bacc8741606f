"""Which way things went: rose or fell, opened or closed, for or against; is it the same way?"""

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.names import find_names
from rag.grounding.denial import denied
from rag.grounding.facts import same_quantity
from rag.grounding.named import ordinary
from rag.grounding.opposites import AXES
from rag.grounding.phrases import clauses, nearest, nearest_sentence, overlap
from rag.grounding.quantity import Quantity, find_quantities

_UP = re.compile(
    r"\b(?:r[oi]se[ns]?|rising|gr[eo]w(?:s|n|ing|th)?|increas\w*|climb\w*|gain\w*|jump\w*|surg\w*"
    r"|soar\w*|skyrocket\w*|shot up|upped|higher|up|more|above|rais\w*|expand\w*|exceed\w*|hike\w*|profits?|lift(?:s|ed|ing)?)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:f[ae]ll(?:s|en|ing)?|drop\w*|declin\w*|s[au]nk|slump\w*|slid|lower|down|shr[aiu]nk\w*"
    r"|decreas\w*|contract(?:ed|s|ing|ion)|plung\w*|tumbl\w*|reduc\w*|cut\w*|fewer|less|below|loss(?:es)?|lost|loses?|losing)\b",
    re.IGNORECASE,
)
_NEUTRAL = re.compile(
    r"\b(?:more|less|fewer|higher|lower) than(?= [\d$€£])|\bup to\b", re.IGNORECASE
)
# "by $2,000", "to just under 5%"; "up to" and "close to" say how exact a figure is.
_ABOUT = (
    r"(?:(?:an?|another|about|around|roughly|nearly|almost|approximately|some|only|just|well|as|much"
    r"|many|little|few|low|high|more|less|fewer|than|over|under|above|below|at|least|most"
    r"|up to|close to) )*"
)
_HOW = re.compile(
    rf"\b(?P<how>by|(?<!up )(?<!close )(?<!due )(?<!equal )(?<!compared )to) {_ABOUT}$"
    rf"|\b(?:rises?|rose|risen|grew|grown|climb(?:s|ed)|jump(?:s|ed)|falls?|fell|fallen|drop(?:s|ped)"
    rf"|declin(?:es|ed)|increas(?:es|ed)|decreas(?:es|ed)) {_ABOUT}$",
    re.IGNORECASE,
)
_OPPOSITE = "the quotes say the opposite"


def reversed_direction(sentence: str, quotes: Sequence[str]) -> str | None:
    """In words, a direction that the quotes turn the other way, else None."""
    return _figures(sentence, quotes) or _words(sentence, quotes) or _order(sentence, quotes)


def _figures(sentence: str, quotes: Sequence[str]) -> str | None:
    """The same percentage or sum, once up and once down; or "from A to B" turned round."""
    turned = _turned(sentence, quotes) or _other_step(sentence, quotes)
    if turned:
        return turned
    for ours in find_quantities(sentence):
        if ours.kind not in ("percent", "money"):
            continue
        mine = _sign(sentence, ours.start, ours.end)
        signs = {
            _sign(quote, theirs.start, theirs.end)
            for quote in quotes
            for theirs in find_quantities(quote)
            if same_quantity(ours, theirs)
        }
        if mine and signs == {-mine}:
            way = "down" if mine > 0 else "up"
            return f"in the quotes {ours.surface} goes {way}"
    return None


def _turned(sentence: str, quotes: Sequence[str]) -> str | None:
    theirs = [step for quote in quotes for step in _steps(quote)]
    for first, second in _steps(sentence):
        for one, two in theirs:
            if same_quantity(first, two) and same_quantity(second, one):
                return f"in the quotes it goes from {one.surface} to {two.surface}"
    for figure in find_quantities(sentence):
        way = _way(sentence, figure)
        if not way or not theirs:
            continue
        if any(same_quantity(figure, two) and way != _step_sign(one, two) for one, two in theirs):
            return f"the quotes move the other way to {figure.surface}"
        elsewhere = {
            (q.start, q.value)
            for quote in quotes
            for q in find_quantities(quote)
            if same_quantity(figure, q)
        }
        origins = {(one.start, one.value) for one, _ in theirs if same_quantity(figure, one)}
        if origins and elsewhere == origins:
            return f"in the quotes it goes from {figure.surface}, not to it"
    return None


def _step_sign(one: Quantity, two: Quantity) -> int:
    return 1 if two.value > one.value else -1


def _way(text: str, figure: Quantity) -> int:
    """1 for "rises to" a figure, -1 for "cut its forecast to" it, 0 when neither is said."""
    before = text[max(0, figure.start - 60) : figure.start]
    match = _TOWARDS.search(before)
    if figure.kind == "date" or not match:
        return 0
    return 1 if _RISES.match(match["verb"]) else -1


_RISES = re.compile(
    r"r[oi]s(?:e|es|en|ing)\b|gr[eo]w|increas|climb|jump|surg|soar|rais|widen|expand", re.IGNORECASE
)
_TOWARDS = re.compile(
    r"\b(?P<verb>r[oi]s(?:e|es|en|ing)|gr[eo]w(?:s|n|ing)?|increas\w+|climb\w*|jump\w*|surg\w+|soar\w*"
    r"|rais\w+|widen\w*|expand\w*|f[ae]ll(?:s|en|ing)?|drop\w*|declin\w+|s[au]nk|sink\w*|slump\w*|slid"
    r"|shr[aiu]nk\w*|cut(?:s|ting)?|reduc\w+|lower\w*|narrow\w*)"
    r"(?: (?!to\b)[\w'’-]+){0,6} to (?:about |around |some |nearly |only |just )?$",
    re.IGNORECASE,
)


def _steps(text: str) -> list[tuple[Quantity, Quantity]]:
    """Pairs of figures in "from A to B", "B, up from A" and "B, compared with A"."""
    found = [q for q in find_quantities(text) if q.kind != "date" and q.unit != "ordinal"]
    out = []
    for one, two in pairwise(found):
        if one.value == two.value or (one.kind, one.unit) != (two.kind, two.unit):
            continue
        between = text[one.end : min(two.start, one.end + 90)]
        if _FORTH.fullmatch(between) and _LEFT.search(text, max(0, one.start - 30), one.start):
            out.append((one, two))
        elif two.start - one.end < 90 and _BACK.fullmatch(between):
            out.append((two, one))
    return out


_LEFT = re.compile(r"\bfrom (?:\w+ )?$")
_FORTH = re.compile(r" to (?:\w+ )?")
_BACK = re.compile(
    r"[^.;:]*?,? (?:(?:up|down|higher|lower) from|compared with|from)(?: [\w'’-]+){0,4} ",
    re.IGNORECASE,
)


def _other_step(sentence: str, quotes: Sequence[str]) -> str | None:
    """A figure that something changed by, where the quotes say that it changed to it; or reverse."""
    for ours in find_quantities(sentence):
        mine = _how(sentence, ours)
        hows = {
            _how(quote, theirs)
            for quote in quotes
            for theirs in find_quantities(quote)
            if same_quantity(ours, theirs)
        }
        other = "to" if mine == "by" else "by"
        if mine and hows == {other}:
            return f"the quotes say {other} {ours.surface}"
    return None


def _how(text: str, figure: Quantity) -> str:
    """Whether something changes "by" or "to" a figure ("rose 5%" is by); "" when not known."""
    left = max((m.end() for m in _CUT.finditer(text, 0, figure.start)), default=0)
    piece = text[left : figure.start]
    match = _HOW.search(piece)
    if not match or not (_UP.search(piece) or _DOWN.search(piece)):
        return ""
    return (match["how"] or "by").lower()


def _sign(text: str, start: int, end: int) -> int:
    """1 up, -1 down, 0 unknown or mixed, from the words around a figure in its clause."""
    left = max((m.end() for m in _CUT.finditer(text, 0, start)), default=0)
    cut = _CUT.search(text, end)
    right = min(cut.start() if cut else len(text), end + 40)
    piece = _NEUTRAL.sub(" ", text[left:start] + "0" + text[end:right])
    up, down = bool(_UP.search(piece)), bool(_DOWN.search(piece))
    return 0 if up == down else (1 if up else -1)


_CUT = re.compile(r"[;.!?](?=\s|$)|,(?!\d)|\b(?:and|while|whereas|but|although|though)\b", re.I)


def _order(sentence: str, quotes: Sequence[str]) -> str | None:
    """ "Before" a thing, where the quotes say "after" it; or the reverse."""
    theirs = [clause for quote in quotes for clause in clauses(quote)]
    for clause in clauses(sentence):
        other = {"before": "after", "after": "before"}.get(clause.link)
        if other and clause.words:
            links = [c.link for c in theirs if overlap(clause.words, c.words) >= 0.75]
            if links and all(link == other for link in links):
                return f'the quotes say "{other}"'
    return None


def _converse(text: str, others: Sequence[str]) -> bool:
    """ "Sold it to X", "X bought it from" and "Americans bought": one deed seen from both sides."""
    for other in others:
        for sold, bought in ((text, other), (other, text)):
            if _SOLD.search(sold) and _BOUGHT.search(bought):
                two = (_subject(sold), _subject(bought))
                towards = _TO.search(sold) and _FROM.search(bought)
                if towards or (all(two) and two[0] != two[1]):
                    return True
    return False


_SOLD = re.compile(r"\b(?:sold|sells?|sale of)\b")
_BOUGHT = re.compile(r"\b(?:bought|buys?|purchased?)\b")
_TO, _FROM = re.compile(r" (?:to|by) "), re.compile(r" (?:from|by) ")
_CAPITAL = re.compile(r"\b[A-Z]\w+")


def _subject(text: str) -> str:
    """The first name of a clause, "" where it opens with none."""
    words = (match.group() for match in _CAPITAL.finditer(text))
    return next((word for word in words if not ordinary(word)), "")


def _words(sentence: str, quotes: Sequence[str]) -> str | None:
    theirs = [clause for quote in quotes for clause in clauses(quote)]
    source = " ".join(quotes)
    for first, second in AXES:
        for clause in clauses(sentence):
            here = [bool(pole.search(clause.text)) for pole in (first, second)]
            if here[0] == here[1]:
                continue
            same, opposite = (first, second) if here[0] else (second, first)
            near = nearest(clause, theirs, 0.6)
            if opposite.search(sentence):
                # Both ways in one sentence: only what is said of the same name counts.
                actors = {name.canonical for name in find_names(clause.text)}
                near = [c for c in near if actors & {n.canonical for n in find_names(c.text)}]
                if not near:
                    continue
            texts = [c.text for c in near] or [source]
            if not any(same.search(text) or opposite.search(text) for text in texts):
                texts = [nearest_sentence(sentence, quotes)]
            if any(same.search(text) for text in texts):
                continue
            against = [text for text in texts if opposite.search(text)]
            if not against or (same.search(source) and len(against) < len(texts)):
                continue
            if not near and same.search(source):
                continue
            if _converse(clause.text, against):
                continue
            # "did not fall" and "stayed" agree.
            if denied(clause.text) == any(denied(text) for text in against):
                return _OPPOSITE
    return None
