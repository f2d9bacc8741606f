"""Text as it will be quoted: decoded, in one Unicode form, without invisible characters."""

import os
import re
import unicodedata
from pathlib import Path

from charset_normalizer import from_bytes

# Zero-width and bidirectional control characters can hide text from a reader's eye; other
# control characters have no business in prose. Tab and line feed stay. Half of a character (an
# emoji cut in a JSON escape) is none, and can't be stored.
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
HALVES = re.compile("[\ud800-\udfff]")
SPACES = re.compile(r"[^\S\n]+")
TITLE = 90  # characters of a title made from a text


def decode(data: bytes) -> str:
    """Bytes of any charset as text: UTF-8 first, else the likeliest charset.

    charset-normalizer (MIT, maintained) judges by how coherent the decoded text is.
    """
    for encoding in (
        ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",)
    ):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    # A sample is enough to tell the charset, and keeps a large file quick.
    best = from_bytes(data[:200_000]).best()
    return data.decode(best.encoding if best else "utf-8", errors="replace")


def whole(text: str) -> str:
    """`text` without halves of characters, which JSON can escape and nothing can store."""
    return HALVES.sub("", text)


def name_of(path: Path | str) -> str:
    """`path` as text that can be stored and printed, also when its name is not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def clean(text: str) -> str:
    """NFC, line feeds, single spaces, at most one empty line, nothing invisible."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\u2028", "\n").replace("\u2029", "\n\n")
    text = SPACES.sub(" ", INVISIBLE.sub("", text))
    text = "\n".join(line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def one_line(text: str) -> str:
    """`text` cleaned and on one line, for titles and names."""
    return " ".join(clean(text).split())


def unwrap(text: str) -> str:
    """Join the lines of hard-wrapped paragraphs; other texts come back as they are.

    A text counts as wrapped when most of its lines end between 50 and 100 characters without
    closing a sentence.
    """
    lines = [line for line in text.split("\n") if line]
    wrapped = [line for line in lines if 50 <= len(line) <= 100 and line[-1] not in ".!?:\"'”’"]
    if len(lines) < 4 or len(wrapped) < 0.6 * len(lines):
        return text
    return "\n\n".join(" ".join(block.split("\n")) for block in re.split(r"\n{2,}", text))


def make_title(text: str) -> str:
    """A title from the beginning of a text: its first sentence, cut at a word."""
    start = one_line(text[:400])
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z\"“])", start, maxsplit=1)[0].rstrip(".")
    if len(sentence) <= TITLE:
        return sentence
    return sentence[:TITLE].rsplit(" ", 1)[0].rstrip(",;:–—-") + "…"
