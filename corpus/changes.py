"""What changed between two revisions of a text, sentence by sentence, for `evnews history`."""

import re
from difflib import SequenceMatcher

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])|\n+")


def diff(old_text: str, new_text: str) -> list[str]:
    """Changed sentences, in order: `- ` was there before, `+ ` is there now.

    Sentences that stayed are left out; equal texts give an empty list.
    """
    old, new = _sentences(old_text), _sentences(new_text)
    found: list[str] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            found += [f"- {line}" for line in old[a:b]] + [f"+ {line}" for line in new[c:d]]
    return found


def _sentences(text: str) -> list[str]:
    return [piece.strip() for piece in _SENTENCE.split(text) if piece and piece.strip()]
