"""PDF -> title, date and text, with pypdf (BSD, maintained, pure Python)."""

import logging
import re
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from corpus.errors import ReadError
from corpus.text import clean

PAGES = 500


def read_pdf(path: Path) -> tuple[dict[str, str], str]:
    """Fields (title, author, published) and the text of all pages.

    The date is the document's creation date: the best a PDF has. Raises ReadError when the
    file is damaged, locked, or holds pictures of text only.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError("the PDF asks for a password; save a copy without one")
        if len(reader.pages) > PAGES:
            raise ReadError(f"{len(reader.pages)} pages are too long for one article; split it")
        pages = [page.extract_text() for page in reader.pages]
        meta = reader.metadata
        fields = {
            "title": str(meta.title or "") if meta else "",
            "author": str(meta.author or "") if meta else "",
            "published": meta.creation_date.isoformat() if meta and meta.creation_date else "",
        }
    except ReadError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReadError(f"a damaged PDF ({str(error)[:60]}); open and save it again") from error
    text = "\n\n".join(_join_lines(clean(page)) for page in pages)
    if not re.search(r"\w", text):
        raise ReadError("the PDF holds pictures, no text; run text recognition on it first")
    return {key: value for key, value in fields.items() if value.strip()}, text


def _join_lines(page: str) -> str:
    """Lines of a paragraph as one line; a word divided at the line's end is joined."""
    page = re.sub(r"(\w)-\n(?=[a-z])", r"\1", page)
    return re.sub(r"(?<![.!?:\"”])\n(?!\n)", " ", page)
