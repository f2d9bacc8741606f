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


def opposed(one: str, other: str) -> bool:
    """Does one text hold a pole of some pair and the other text only the opposite one?"""
    return any(
        here.search(one)
        and not there.search(one)
        and there.search(other)
        and not here.search(other)
        for first, second in AXES
        for here, there in ((first, second), (second, first))
    )
