"""Sentence borders as character spans.

nupunkt (MIT, maintained, no dependencies) implements Punkt (Kiss & Strunk 2006) with a trained
model; `U.S.`, `Mr.`, initials and decimals hold together. Two rules of news text are added:
a line break always ends a sentence, and so does a full stop after an ordinary lower-case word
before a capital, which Punkt leaves open when the next word is a frequent name.
"""

import re
from functools import lru_cache

from nupunkt import sent_spans

Spans = tuple[tuple[int, int], ...]

MISSED = re.compile(
    r"(?<=[a-z]{4}[.!?])[\"”’)]{0,2}\s+(?=[\"“‘(]?[A-Z])"
    r"|(?<=[.!?][\"”])\s+(?=[\"“][A-Z])"
    r"|(?<=\bModel [SXY]\.)\s+(?=[A-Z])"  # a car, not somebody's initial
)
ABBREVIATED = re.compile(
    r"\b(approx|corp|dept|messrs|assn|intl|natl|univ|govt|capt|prof|sept)\.$", re.I
)


@lru_cache(maxsize=4096)
def spans(text: str) -> Spans:
    """`(start, end)` of each sentence, in order, without the white space around it."""
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        for start, end in sent_spans(line.group()):
            for a, b in _split_missed(line.group(), start, end):
                piece = line.group()[a:b]
                left = len(piece) - len(piece.lstrip())
                size = len(piece.strip())
                if size:
                    begin = line.start() + a + left
                    found.append((begin, begin + size))
    return tuple(found)


def _split_missed(line: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = [start]
    for gap in MISSED.finditer(line, start, end):
        if not ABBREVIATED.search(line[start : gap.start()]):
            cuts.append(gap.end())
    return list(zip(cuts, [*cuts[1:], end], strict=True))
