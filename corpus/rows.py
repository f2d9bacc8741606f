"""Files with many articles: .jsonl, .json and .csv, each also gzipped, read row by row."""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from corpus.address import join
from corpus.article import Draft, Failure
from corpus.dates import parse_date
from corpus.errors import ReadError, unforeseen
from corpus.text import clean, decode, make_title, name_of, one_line, unwrap, whole

SUFFIXES = {".jsonl", ".ndjson", ".json", ".csv", ".tsv"}
ALIASES = {
    "_id": "id",
    "date": "published",
    "published_at": "published",
    "publishedat": "published",
    "pubdate": "published",
    "content": "text",
    "body": "text",
    "link": "url",
    "publisher": "source",
    "headline": "title",
}
LONGEST = 2_000_000  # characters of one article
ROW = 16_000_000  # bytes of one line

Lines = gzip.GzipFile | IO[bytes]


def read_rows(path: Path) -> Iterator[Draft | Failure]:
    """The articles of one file; a row that can't be one is a Failure named `path:line`."""
    lower = path.name.lower()
    try:
        with _open(path) as file:
            rows = _read_csv(file) if re.search(r"\.[ct]sv(\.gz)?$", lower) else _read_json(file)
            found = 0
            for line, row in rows:
                found += 1
                name = f"{name_of(path)}:{line}"
                if isinstance(row, str):
                    yield Failure(name, row)
                    continue
                try:
                    key = f"file:{name_of(path.resolve().as_posix())}#{line}"
                    yield draft_from(row, key, name_of(path.name))
                except ReadError as error:
                    yield Failure(name, str(error))
                except Exception as error:  # one bad row must not stop the rest
                    yield Failure(name, unforeseen(error))
            if not found:
                raise ReadError("the file holds no rows; nothing was taken from it")
    except (gzip.BadGzipFile, zlib.error, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ReadError(
            f"broken off or damaged ({error}); what came before it was taken"
        ) from error


def draft_from(row: Mapping[str, object], key: str, default_source: str = "") -> Draft:
    """One row's fields (`id, title, date|published, source, url, text|content|body`) as a Draft.

    Raises ReadError when there is no text or a field can't be what it should be.
    """
    value = fields_of(row)
    text = unwrap(clean(value.get("text", "")))
    if not re.search(r"\w", text):
        raise ReadError("it has no text (a field text, content or body); give one")
    if len(text) > LONGEST:
        raise ReadError(f"{len(text):,} characters are too long for one article; split it")
    stated = value.get("published", "").strip()
    published = parse_date(stated)
    warning = None
    if stated and published is None:
        warning = f"its date {one_line(stated)[:40]!r} was not understood; stored without a date"
    elif published and published > datetime.now(UTC) + timedelta(days=2):
        warning, published = (
            f"its date {stated[:40]!r} lies in the future; stored without a date",
            None,
        )
    url = value.get("url", "").strip() or None
    if url and not (re.match(r"https?://[^\s]+$", url, re.IGNORECASE) and join("", url)):
        url = None
    own_id = one_line(value.get("id", "")) or None
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
    return Draft(
        key=f"id:{own_id}" if own_id else f"url:{url}" if url else key,
        id=own_id,
        title=one_line(value.get("title", "")) or make_title(text),
        text=text,
        source=one_line(value.get("source", "")) or host or default_source,
        url=url,
        published=published,
        updated=parse_date(value.get("updated")),
        author=one_line(value.get("author", "")) or None,
        topics=tuple(t.strip() for t in value.get("topics", "").split(",") if t.strip()),
        reported_by=one_line(value.get("reported_by", "")) or None,
        warning=warning,
    )


def fields_of(row: Mapping[str, object]) -> dict[str, str]:
    """A row's fields under our names; of several with one meaning the first that is not empty.

    Raises ReadError when a field can't be what it should be.
    """
    found: dict[str, str] = {}
    for given, value in row.items():
        name = given.strip().lower()
        name = ALIASES.get(name, name)
        if name not in found and value is not None and (text := _text(name, value)).strip():
            found[name] = text
    return found


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return whole(",".join(map(str, value)))
    if isinstance(value, dict):
        if name == "source":  # as NewsAPI gives it: {"id": "reuters", "name": "Reuters"}
            return whole(str(value.get("name") or ""))
        if name in {"text", "title", "id", "published"}:
            raise ReadError(f"its field {name} is not text; give it as a string")
        return ""
    return str(value)


def _open(path: Path) -> Lines:
    with path.open("rb") as file:
        head = file.read(2)
    return gzip.open(path, "rb") if head == b"\x1f\x8b" else path.open("rb")


def _read_json(file: Lines) -> Iterator[tuple[int, dict[str, object] | str]]:
    """JSON Lines, or one JSON array of objects."""
    for number, raw in enumerate(file, start=1):
        if len(raw) > ROW:
            yield number, "the line is longer than 16 MB; split it"
            continue
        line = decode(raw).strip()
        if not line:
            continue
        if number == 1 and line[0] == "[":
            yield from _read_array(raw + file.read())
            return
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:  # also for a number of 5,000 digits
            yield number, f"not valid JSON ({str(error)[:80]}); correct the line"
            continue
        yield number, row if isinstance(row, dict) else "not a JSON object; write {...} on the line"


def _read_array(data: bytes) -> Iterator[tuple[int, dict[str, object] | str]]:
    try:
        rows = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        yield 1, f"not valid JSON ({str(error)[:80]}); correct the file"
        return
    for number, row in enumerate(rows, start=1):
        yield number, row if isinstance(row, dict) else "not a JSON object"


def _read_csv(file: Lines) -> Iterator[tuple[int, dict[str, object] | str]]:
    """CSV with a heading row; the delimiter is the likeliest of , ; tab |."""
    csv.field_size_limit(ROW)
    text = decode(file.read())
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=heading.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = {
        ALIASES.get(str(n).strip().lower(), str(n).strip().lower()) for n in reader.fieldnames or []
    }
    if "text" not in names:
        raise ReadError("its heading row names no text, content or body column; add one")
    for row in reader:
        if None in row:
            yield reader.line_num, "the row has more cells than the heading; quote the cell"
            continue
        yield reader.line_num, dict(row)
