"""Files on disk -> Drafts: .txt .md .html .jsonl .csv .pdf, one article or many, or a folder.

What arrives decides, not the name: a PDF called .txt is read as a PDF. A file or row that
can't become an article is yielded as a Failure, one line with the remedy, and the rest goes on.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from corpus.article import Draft, Failure
from corpus.errors import ReadError, unforeseen
from corpus.extract import extract
from corpus.markdown import to_text
from corpus.pdf import read_pdf
from corpus.rows import SUFFIXES, draft_from, fields_of, read_rows
from corpus.text import clean, decode, make_title, name_of, unwrap

LONGEST = 2_000_000  # bytes of a file with one article; a long feature has 60,000
SINGLE = {".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf"}
MAGIC = {
    b"PK\x03\x04": "a ZIP archive or office document",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"SQLite format 3": "a database",
}
LEADING_DATE = re.compile(r"\s*date:?\s+(\d{4}-\d{2}-\d{2})(?:T[\d:.]+Z?)?\s+", re.IGNORECASE)
FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def read(path: Path) -> Iterator[Draft | Failure]:
    """Every article of a file, or of all files in a folder, in order of their names."""
    if path.is_dir():
        files = [
            file
            for file in sorted(path.rglob("*"))
            if file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        ]
        if not files:
            yield Failure(name_of(path), "the folder is empty; name a folder with articles in it")
        for file in files:
            yield from read_file(file)
    else:
        yield from read_file(path)


def read_file(path: Path) -> Iterator[Draft | Failure]:
    """The article, or the many articles, of one file."""
    try:
        suffixes = [suffix.lower() for suffix in path.suffixes]
        if not path.exists():
            raise ReadError("there is no such file; check the path")
        if path.stat().st_size == 0:
            raise ReadError("the file is empty; nothing was taken from it")
        if any(suffix in SUFFIXES for suffix in suffixes):
            yield from read_rows(path)
        elif (suffixes or [""])[-1] in SINGLE:
            yield _read_single(path)
        else:
            kinds = " ".join(sorted({".txt", ".md", ".html", ".pdf"} | SUFFIXES))
            raise ReadError(f"not a kind of file that is read here ({kinds}); convert it first")
    except ReadError as error:
        yield Failure(name_of(path), str(error))
    except OSError as error:
        yield Failure(name_of(path), f"{error.strerror or error}; check that it may be read")
    except Exception as error:  # one bad file must not stop the rest
        yield Failure(name_of(path), unforeseen(error))


def _read_single(path: Path) -> Draft:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(2048)
    if head.startswith(b"%PDF"):
        return _draft(path, *read_pdf(path))
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            raise ReadError(f"it is {kind}, not text; take the text out of it first")
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if b"\x00" in head and not wide:
        raise ReadError("it holds binary data, not text; take the text out of it first")
    if size > LONGEST:
        raise ReadError(
            f"{size / 1e6:.1f} MB is too long for one article (at most {LONGEST // 10**6} MB); "
            "split it, or give many articles as .jsonl or .csv"
        )
    text = decode(path.read_bytes())
    parse = _parser(path, text)
    return _draft(path, *parse(text))


Fields = dict[str, str]


def _parser(path: Path, text: str) -> Callable[[str], tuple[Fields, str]]:
    if re.match(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype html|html)\b", text, re.I | re.S):
        return _parse_html
    if path.suffix.lower() in {".html", ".htm", ".xhtml"} and "<" in text:
        return _parse_html
    if path.suffix.lower() in {".md", ".markdown"} or FRONT_MATTER.match(text):
        return _parse_markdown
    return _parse_text


def _parse_text(text: str) -> tuple[Fields, str]:
    """Plain text, with `date YYYY-MM-DD` before it or a title on a line of its own, or neither."""
    fields: Fields = {}
    dated = LEADING_DATE.match(text)
    if dated:
        fields["published"] = dated[1]
        text = text[dated.end() :]
    body = unwrap(clean(text))
    first, _, rest = body.partition("\n")
    if rest.strip() and len(first) <= 140 and not re.search(r"[.!?;:]$", first):
        fields["title"], body = first, rest.strip()
    return fields, body


def _parse_markdown(text: str) -> tuple[Fields, str]:
    fields: Fields = {}
    matter = FRONT_MATTER.match(text)
    if matter:
        try:
            loaded = yaml.safe_load(matter[1]) or {}
        except (yaml.YAMLError, ValueError) as error:  # ValueError: a day such as 2024-02-30
            where = getattr(error, "problem_mark", None)
            line = f" (line {where.line + 2})" if where else f" ({str(error)[:60]})"
            raise ReadError(f"its front matter is not valid YAML{line}; quote the value") from error
        if not isinstance(loaded, dict):
            raise ReadError("its front matter must be `name: value` lines between two --- lines")
        fields = fields_of({str(key): value for key, value in loaded.items()})
        text = text[matter.end() :]
    title, body = to_text(text)
    if title and "title" not in fields:
        fields["title"] = title
    return fields, body


def _parse_html(text: str) -> tuple[Fields, str]:
    page = extract(text)
    fields = {
        "title": page.title or "",
        "published": page.published.isoformat() if page.published else "",
        "url": page.url or "",
        "author": page.author or "",
        "source": page.site or "",
    }
    return {key: value for key, value in fields.items() if value}, page.text


def _draft(path: Path, fields: Fields, body: str) -> Draft:
    body = clean(body)
    if not re.search(r"\w", body):
        raise ReadError("no text was found in it; nothing was taken from it")
    fields.setdefault("title", make_title(body))
    fields.setdefault("source", name_of(path.name))
    fields["text"] = body
    return draft_from(fields, f"file:{name_of(path.resolve().as_posix())}")
