"""Pairs of opposites, such as "rose" and "fell", as patterns."""

import re
import tomllib
from importlib.resources import files

AXES = tuple(
    tuple(re.compile(rf"\b(?:{'|'.join(pole)})\b", re.IGNORECASE) for pole in axis)
    for axis in tomllib.loads(files("rag.grounding").joinpath("opposites.toml").read_text("utf-8"))[
        "axes"
    ]
)
# "None" is the opposite of "all", and a denial: it does not agree with what it denies.
_DENIAL = re.compile(r"\b(?:none|not?|nothing|cannot)\b", re.IGNORECASE)


def opposed(one: str, other: str) -> bool:
    """Does one text hold a pole of some pair and the other text only the opposite one?"""
    for first, second in AXES:
        for here, there in ((first, second), (second, first)):
            mine, theirs = here.search(one), there.search(other)
            if not (mine and theirs) or there.search(one) or here.search(other):
                continue
            if not (_DENIAL.search(mine.group()) or _DENIAL.search(theirs.group())):
                return True
    return False
