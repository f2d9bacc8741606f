"""Files of every kind become articles, and bad ones one clear line each."""

import gzip
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from corpus.article import Draft, Failure
from corpus.dates import parse_date
from corpus.readers import read

BODY = (
    "Volta Motors said on Friday that it would build a battery plant in Ohio. "
    "The company expects to hire 1,200 people."
)


def only(path: Path) -> Draft:
    items = list(read(path))
    assert len(items) == 1
    assert isinstance(items[0], Draft), items
    return items[0]


def failure(path: Path) -> str:
    items = list(read(path))
    assert len(items) == 1
    assert isinstance(items[0], Failure), items
    assert str(path) in items[0].name
    assert "\n" not in items[0].reason
    return items[0].reason


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_the_leading_date_is_taken_from_the_text_and_a_title_is_made(tmp_path: Path) -> None:
    draft = only(write(tmp_path / "000_a4.txt", f" date 2024-03-16 {BODY}\n\nMore to follow.\n"))
    assert draft.published == datetime(2024, 3, 16, tzinfo=UTC)
    assert draft.text.startswith("Volta Motors said")
    assert "2024-03-16" not in draft.text
    assert draft.title.startswith("Volta Motors said on Friday")
    assert len(draft.title) <= 91


def test_a_short_first_line_is_the_title(tmp_path: Path) -> None:
    draft = only(write(tmp_path / "a.txt", f"Volta picks Ohio\n\n{BODY}"))
    assert (draft.title, draft.text) == ("Volta picks Ohio", BODY)


def test_markdown_front_matter_and_marks(tmp_path: Path) -> None:
    text = (
        "---\nid: volta-1\ntitle: 'Volta: Ohio'\ndate: 2024-05-01\nsource: Wire\n"
        "topics: [batteries, factories]\n---\n\n# Heading\n\nVolta **will** build in\n"
        "[Ohio](https://example.com).\n\n- first\n- second\n"
    )
    draft = only(write(tmp_path / "a.md", text))
    assert (draft.id, draft.title, draft.source) == ("volta-1", "Volta: Ohio", "Wire")
    assert draft.topics == ("batteries", "factories")
    assert draft.published == datetime(2024, 5, 1, tzinfo=UTC)
    assert draft.text == "Volta will build in Ohio.\n\nfirst\n\nsecond"


def test_html_gives_title_date_and_body_without_navigation(tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>{BODY} Part {i} of the report follows here.</p>" for i in range(5))
    page = (
        "<!doctype html><html><head><title>Volta picks Ohio</title>"
        '<meta property="article:published_time" content="2024-05-01T08:00:00Z"></head>'
        "<body><nav><a href='/'>Home</a> <a href='/cars'>Cars</a></nav>"
        f"<article><h1>Volta picks Ohio</h1>{paragraphs}</article>"
        "<footer>All rights reserved</footer></body></html>"
    )
    for name in ("a.html", "mislabelled.txt"):
        draft = only(write(tmp_path / name, page))
        assert draft.title == "Volta picks Ohio"
        assert draft.published is not None
        assert draft.published.date().isoformat() == "2024-05-01"
        assert "1,200 people" in draft.text
        assert "All rights reserved" not in draft.text


def make_pdf(path: Path, lines: list[str]) -> Path:
    writer = PdfWriter()
    page = writer.add_blank_page(612, 792)
    content = (
        "BT /F1 12 Tf 72 720 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    )
    stream = DecodedStreamObject()
    stream.set_data(content.encode())
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Contents")] = writer._add_object(stream)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    writer.add_metadata({"/Title": "Volta picks Ohio", "/CreationDate": "D:20240501080000Z"})
    writer.write(path)
    return path


def test_pdf_also_when_mislabelled(tmp_path: Path) -> None:
    lines = ["Volta Motors said on Friday that it would build a", "battery plant in Ohio."]
    for name in ("a.pdf", "b.txt"):
        draft = only(make_pdf(tmp_path / name, lines))
        assert draft.title == "Volta picks Ohio"
        assert draft.published == datetime(2024, 5, 1, 8, tzinfo=UTC)
        assert "would build a battery plant in Ohio." in draft.text


def test_jsonl_rows_with_other_field_names_and_broken_ones(tmp_path: Path) -> None:
    rows = [
        {"id": 7, "title": "One", "date": "March 5, 2024", "source": "Wire", "text": BODY},
        {"headline": "Two", "published": "Tue, 05 Mar 2024 10:00:00 +0100", "content": BODY + " B"},
        {"title": "No text"},
        {"body": BODY + " C", "url": "https://www.example.com/c", "date": "soon"},
    ]
    lines = [json.dumps(row) for row in rows]
    lines.insert(2, '{"text": "half a line')
    items = list(read(write(tmp_path / "many.jsonl", "\n".join(lines))))
    drafts = [item for item in items if isinstance(item, Draft)]
    failures = [item for item in items if isinstance(item, Failure)]
    assert [d.title for d in drafts[:2]] == ["One", "Two"]
    assert drafts[0].id == "7"
    assert drafts[0].published == datetime(2024, 3, 5, tzinfo=UTC)
    assert drafts[1].published == datetime(2024, 3, 5, 9, tzinfo=UTC)
    assert drafts[2].source == "example.com"
    assert drafts[2].published is None
    assert "soon" in (drafts[2].warning or "")
    assert [f.name.rpartition(":")[2] for f in failures] == ["3", "4"]


def test_of_columns_with_one_meaning_the_first_that_is_not_empty_counts(tmp_path: Path) -> None:
    rows = [
        {"text": BODY, "content": None, "published": "2024-01-02", "date": ""},
        {"content": " ", "body": BODY, "text": {}, "date": None, "pubDate": "2024-01-02"},
        {"text": BODY, "body": "A summary.", "publishedAt": "2024-01-02T00:00:00Z"},
    ]
    for row in rows:
        draft = only(write(tmp_path / "a.jsonl", json.dumps(row)))
        assert (draft.text, draft.published) == (BODY, datetime(2024, 1, 2, tzinfo=UTC))
    csv = f'text,content,date,published\n"{BODY}",,2024-01-02,\n'
    matter = f"---\ndate: 2024-01-02\npublished: ''\n---\n{BODY}"
    for name, data in (("a.csv", csv), ("a.md", matter)):
        draft = only(write(tmp_path / name, data))
        assert (draft.text, draft.published) == (BODY, datetime(2024, 1, 2, tzinfo=UTC))


def test_a_source_given_as_an_object_is_its_name(tmp_path: Path) -> None:
    for source, name in (({"id": None, "name": "Reuters"}, "Reuters"), ({"id": 1}, "a.jsonl")):
        row = json.dumps({"text": BODY, "source": source})
        assert only(write(tmp_path / "a.jsonl", row)).source == name


def test_an_address_that_is_none_is_left_out(tmp_path: Path) -> None:
    row = {"text": BODY, "url": "https://[link]"}
    assert only(write(tmp_path / "a.jsonl", json.dumps(row))).url is None


def test_half_a_character_is_left_out_everywhere(tmp_path: Path) -> None:
    row = json.dumps(dict.fromkeys(("text", "title", "source", "id", "author"), BODY))
    more = r', "url": "https://x.example/\ud83d", "topics": ["a\ud83d"], "reported_by": "b\ud83d"}'
    row = row.replace("Volta", r"Volta\ud83d").removesuffix("}") + more
    draft = only(write(tmp_path / "a.jsonl", row))
    assert draft.text == BODY
    assert "\ud83d" not in str(draft)
    assert str(draft).encode()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_not_utf8_is_written_so_that_it_can_be_stored(tmp_path: Path) -> None:
    names = (b"M\xfcller.txt", b"M\xfcller.jsonl", b"M\xfcller.doc")
    for name, data in zip(names, (BODY, json.dumps({"text": BODY}), "x"), strict=True):
        write(Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name))), data)
    items = list(read(tmp_path))
    assert len(items) == 3
    assert str(items).encode()
    assert {draft.source for draft in items if isinstance(draft, Draft)} == {
        r"M\xfcller.txt",
        r"M\xfcller.jsonl",
    }


def test_an_unforeseen_error_costs_one_row_or_one_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(text: str | None) -> datetime | None:
        if text == "2024-01-02":
            raise RuntimeError("a wire\ncame loose")
        return parse_date(text)

    monkeypatch.setattr("corpus.rows.parse_date", stumble)
    rows = [{"text": BODY, "date": f"2024-01-0{day}"} for day in (1, 2, 3)]
    write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    write(tmp_path / "b.md", f"---\ndate: 2024-01-02\n---\n{BODY}")
    write(tmp_path / "c.md", BODY)
    items = list(read(tmp_path))
    assert [type(item) for item in items] == [Draft, Failure, Draft, Failure, Draft]
    failures = [item for item in items if isinstance(item, Failure)]
    assert [f.name for f in failures] == [f"{tmp_path / 'a.jsonl'}:2", str(tmp_path / "b.md")]
    assert all("RuntimeError: a wire came loose" in f.reason for f in failures)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_quoted_line_breaks(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["id", "title", "date", "body"]) + "\n"
    text += (
        delimiter.join(["a", '"Volta, Inc.; Ohio"', "2024-05-01", f'"{BODY}\n\nSecond."']) + "\n"
    )
    draft = only(write(tmp_path / "a.csv", text))
    assert (draft.id, draft.title) == ("a", "Volta, Inc.; Ohio")
    assert draft.text.endswith("\n\nSecond.")


def test_gzipped_rows(tmp_path: Path) -> None:
    data = gzip.compress(json.dumps({"id": "a", "text": BODY}).encode())
    assert only(write(tmp_path / "a.jsonl.gz", data)).text == BODY


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1"])
def test_any_charset(tmp_path: Path, charset: str) -> None:
    text = "Citroën baut in Köln für 1.000 Kunden, sagt Müller. Die Fabrik öffnet im Frühjahr. " * 4
    assert "Citroën baut in Köln" in only(write(tmp_path / "a.txt", text.encode(charset))).text


def test_invisible_characters_do_not_reach_the_text(tmp_path: Path) -> None:
    hidden = BODY.replace("Volta", "Vol\u200bta\u202e").replace("plant", "plant\u00ad")
    assert only(write(tmp_path / "a.txt", hidden)).text == BODY


def test_hard_wrapped_lines_are_joined(tmp_path: Path) -> None:
    words = (BODY + " ") * 6
    lines, line = [], ""
    for word in words.split():
        if len(line) + len(word) > 70:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    text = only(write(tmp_path / "a.txt", "\n".join([*lines, line]))).text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.txt", b"", "empty"),
        ("spaces.txt", b" \n\t ", "no text"),
        ("huge.txt", b"All work and no play. " * 500_000, "too long"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "picture"),
        ("binary.md", b"abc\x00\x01\x02" * 40, "binary"),
        ("archive.txt", b"PK\x03\x04" + b"\x00" * 40, "ZIP"),
        ("broken.pdf", b"%PDF-1.7 not really a document", "damaged"),
        ("matter.md", b"---\ntitle: a: b: c\n---\nText.", "front matter"),
        ("table.csv", b"id,title\n1,No text column\n", "heading row"),
        ("cells.xlsx", b"PK\x03\x04", "not a kind of file"),
        ("day.md", b"---\ndate: 2024-02-30\n---\nText.", "day is out of range"),
        ("number.jsonl", b'{"text": "a", "n": ' + b"9" * 5000 + b"}", "not valid JSON"),
        ("number.json", b'[{"text": "a", "n": ' + b"9" * 5000 + b"}]", "not valid JSON"),
        ("bits.jsonl.gz", gzip.compress(b"a" * 99)[:10] + b"\xff" * 20, "damaged"),
        ("cut.jsonl.gz", gzip.compress(b'{"text": "a"}\n' * 900)[:40], "damaged"),
    ],
)
def test_a_bad_file_gives_one_clear_line(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    assert says in failure(write(tmp_path / name, data))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "no such file" in failure(tmp_path / "missing.txt")


def test_the_good_files_of_a_folder_go_in(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", BODY)
    write(tmp_path / "b.txt", b"")
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub" / "c.md", BODY)
    write(tmp_path / ".hidden.txt", BODY)
    items = list(read(tmp_path))
    assert [type(item) for item in items] == [Draft, Failure, Draft]
