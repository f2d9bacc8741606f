"""A chat model's stream of text -> finished sentences with the numbers that they cite.

A pure machine that reads one character at a time, so how the stream was cut into pieces can't
change what comes out. It knows the markers that models write in place of `[1]`: `[1, 2]`,
`[1-3]`, `[^1]`, `[Evidence 1]`, `【1】`, `(1)` at a sentence's end; before or after the full stop,
before the sentence, on a line of their own; inside code fences and lists. Markers, list signs and
emphasis are taken out of the text; a link is left in it, for the caller to refuse.
"""

import re
from dataclasses import dataclass

from corpus.text import INVISIBLE

LONGEST = 2000  # characters without an end after which a sentence is cut anyway

_NUMBERS = r"#?\d{1,3}(?:\s*(?:[,;&]|and|to|[-‐‑–—])\s*#?\d{1,3})*"
_WORD = r"(?:evidence|sources?|quotes?|refs?|citations?|articles?)?[.:]?"
_MARK = rf"[\[【［]\s*\^?{_WORD}\s*{_NUMBERS}\s*(?:†[^\]】］\n]*)?[\]】］]"
# Not before "(" unless a number follows: `[1](https://...)` is a link.
MARK = re.compile(rf"{_MARK}(?!\((?!\d+\)))", re.I)
# In a finished sentence it can be seen whether an address follows; "[1](" and "[1](Ford)" are none.
_ADDRESS = r"\(\s*<?(?:[a-z][a-z0-9+.-]*:|www\.|\.{0,2}/|#)[^)\n]*"
_IN_SENTENCE = re.compile(rf"{_MARK}(?!{_ADDRESS})", re.I)
ROUND = re.compile(r"\(\s*\d{1,2}(?:\s*[,;–-]\s*\d{1,2})*\s*\)")
_BEGUN = re.compile(
    r"[\[【［][^\]】］\n]{0,40}|[\[【［][^\]】］\n]{0,40}[\]】］]|\([\d\s,;–-]{0,12}\)?"
)
_STOP = re.compile(r"[.!?…]+[\"”’»)]*|\n")
_OPENS = re.compile(r"[A-Z0-9À-ÖØ-ÞĀ-Ž\"“‘«'(\[【*_#>`•–—-]")
_SHORT = re.compile(
    r"(?:^|[\s(\"“])(?:[A-Za-z]|(?:[A-Za-z]\.)+[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Gov|Sen|Rep"
    r"|Inc|Corp|Co|Ltd|No|Nos|vs|approx|est|e\.g|i\.e|cf|fig|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?"
    r"|Oct|Nov|Dec)$",
    re.I,
)
_LISTED = re.compile(r"\s*(?:\*\*)?\(?\d{1,2}$")
_BULLET = re.compile(r"^\s*(?:(?:[-*•–—]|\d{1,2}[.)]|#{1,6}|>)\s+)+")
_FENCE = re.compile(r"^\s*(?:```|~~~)[\w-]*\s*$")
_DOUBLE = re.compile(rf"([.!?…][\"”’»)]*)((?:\s*{MARK.pattern})+)\s*\.(?=\s*$)", re.I)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without its markers. `wrong`: it cited a number that there is not."""

    text: str
    marks: tuple[int, ...] = ()
    wrong: bool = False


class Parser:
    """Feed it pieces of text; it gives back each sentence as soon as its end is certain.

    `most` is the highest number that may be cited.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = ""
        self._thinking = False

    def feed(self, piece: str) -> list[Sentence]:
        """The sentences that `piece` finishes."""
        found: list[Sentence] = []
        for character in piece:
            if INVISIBLE.match(character):
                continue
            self._held += character
            if self._skip_thought():
                continue
            while (end := self._end(closed=False)) is not None:
                found += self._take(end)
        return found

    def close(self) -> list[Sentence]:
        """What is left, as if a line break had come."""
        if self._thinking:
            self._held = ""
        found: list[Sentence] = []
        while self._held.strip():
            end = self._end(closed=True)
            found += self._take(len(self._held) if end is None else end)
        self._held = ""
        return found

    def _skip_thought(self) -> bool:
        """Reasoning that a model writes between `<think>` and `</think>` is no answer."""
        if self._thinking:
            if self._held.endswith("</think>"):
                self._thinking, self._held = False, ""
            elif len(self._held) > 16:
                self._held = self._held[-16:]
            return True
        if self._held.endswith("<think>"):
            self._thinking, self._held = True, ""
            return True
        return False

    def _take(self, end: int) -> list[Sentence]:
        piece, self._held = self._held[:end], self._held[end:]
        sentence = read(piece, self._most)
        return [sentence] if sentence else []

    def _end(self, *, closed: bool) -> int | None:
        """Where the first sentence ends in the held text; None while that isn't certain."""
        held = self._held
        led = MARK.match(held.lstrip()) is not None
        for stop in _STOP.finditer(held):
            if not held[: stop.end()].strip():
                continue
            if stop.group() == "\n":
                return self._line_end(stop.end(), closed)
            after, certain = self._marks_after(stop.end(), closed)
            if not certain:
                return None
            rest = held[after:].lstrip(" \t")
            if not rest:
                return after if closed else None
            if rest[0] == "\n":
                return self._line_end(after + held[after:].index("\n") + 1, closed)
            spaced = held[stop.end() : stop.end() + 1].isspace()
            if after > stop.end():
                if led and spaced:  # "[1] One. [2] Two.": the markers lead
                    return stop.end()
                if rest[0].islower():
                    continue
                return after
            if not spaced or not _OPENS.match(rest):
                continue
            if stop.group() == "." and self._is_short(held[: stop.start()]):
                continue
            return stop.end()
        if len(held) > LONGEST:
            return held.rfind(" ", 1, LONGEST) if " " in held[1:LONGEST] else LONGEST
        return None

    def _line_end(self, end: int, closed: bool) -> int | None:
        """A line ends the sentence; markers alone on the next line still belong to it."""
        rest = self._held[end:]
        if not rest.strip():
            return end if closed else None
        next_line = end + len(rest) - len(rest.lstrip())
        after, certain = self._marks_after(next_line, closed)
        if not certain:
            return None
        tail = self._held[after:].lstrip(" \t")
        if after > next_line and tail[:1] in ("", "\n", ".") and (tail or closed):
            return after
        return end if after == next_line or tail or closed else None

    def _marks_after(self, at: int, closed: bool) -> tuple[int, bool]:
        """The end of the run of markers at `at`, and whether no more text could prolong it."""
        held = self._held
        while True:
            start = at + len(held[at:]) - len(held[at:].lstrip(" \t"))
            rest = held[start:]
            # A marker at the very end may yet turn into a link.
            if not closed and rest and _BEGUN.fullmatch(rest):
                return at, False
            match = MARK.match(rest) or ROUND.match(rest)
            if match is None or not (MARK.match(rest) or self._known(match.group())):
                return at, True
            at = start + match.end()
            if held[at : at + 1] == ".":  # "One. [1]."
                at += 1

    def _known(self, mark: str) -> bool:
        numbers, wrong = numbers_of(mark, self._most)
        return bool(numbers) and not wrong

    @staticmethod
    def _is_short(head: str) -> bool:
        """Whether the text before a full stop ends in an abbreviation or is a list number."""
        return bool(_SHORT.search(head) or _LISTED.fullmatch(head))


def read(piece: str, most: int) -> Sentence | None:
    """One sentence out of raw text; None when nothing but signs is in it."""
    if _FENCE.match(piece):
        return None
    text = _DOUBLE.sub(r"\1\2", piece.strip())
    text = _BULLET.sub("", text)
    marks: list[int] = []
    wrong = False
    for match in _IN_SENTENCE.finditer(text):
        numbers, bad = numbers_of(match.group(), most)
        marks += numbers
        wrong = wrong or bad
    text = _IN_SENTENCE.sub(" ", text)
    while (last := re.search(rf"({ROUND.pattern})(\s*[.!?]*[\"”’]?\s*)$", text)) is not None:
        numbers, bad = numbers_of(last[1], most)
        if bad or not numbers:
            break
        marks += numbers
        text = text[: last.start()] + last[2]
    text = re.sub(r"[*`]|__", "", text)
    text = re.sub(r"[\[【［]\s*\d*\s*$", "", text)
    text = re.sub(r"\s+(?=[.,;:!?…](?:\s|$))", "", " ".join(text.split()))
    text = re.sub(r"\(\s*\)", "", text).strip()
    text = re.sub(r"^[:,;.)\s]+", "", _BULLET.sub("", text + " ")).strip()
    if not re.search(r"\w", text):
        return None
    return Sentence(text, tuple(dict.fromkeys(marks)), wrong)


def numbers_of(mark: str, most: int) -> tuple[list[int], bool]:
    """The numbers of a marker that lie in 1..most, ranges written out; and: were there others?"""
    found: list[int] = []
    wrong = False
    for low, high in re.findall(
        r"(\d{1,3})(?:\s*(?:[-‐‑–—]|to)\s*#?(\d{1,3}))?", mark.split("†")[0]
    ):
        first, last = int(low), int(high or low)
        wrong = wrong or first < 1 or last > most or last < first
        found += range(max(1, first), min(last, most) + 1)
    return found, wrong
