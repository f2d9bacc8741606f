"""OPML, sitemaps, telling things apart, what changed, and when the next run is."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server import DATA

from corpus.article import Feed
from corpus.changes import diff
from corpus.discover import kind_of
from corpus.errors import ParseError, SettingsError
from corpus.opml import read_opml, write_opml
from corpus.schedule import next_run, parse_every
from corpus.sitemap import parse_sitemap

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HALF = timedelta(minutes=30)
# A program that sorts the keys writes the version last.
SORTED = json.dumps(
    {
        "items": [{"id": "1", "content_text": "x" * 9000}],
        "version": "https://jsonfeed.org/version/1",
    }
).encode()


def test_opml_round_trip() -> None:
    feeds = [Feed("https://a.example/f?x=1&y=2", 'A & "B"'), Feed("https://c.example/", "Ü")]
    assert read_opml(write_opml(feeds), "x.opml") == feeds


def test_opml_of_other_readers() -> None:
    data = b"""<?xml version="1.0"?><opml version="1.0"><body><outline text="Cars">
      <outline text="One" xmlurl="https://a.example/feed"/><outline title="Two" xmlUrl="https://b.example/"/>
      <outline text="Again" xmlUrl="https://a.example/feed"/><outline text="No" xmlUrl="file:///etc/passwd"/>
      <outline xmlUrl="http://[bad/"/>
    </outline></body></opml>"""
    assert [feed.name for feed in read_opml(data, "x")] == ["One", "Two"]


@pytest.mark.parametrize(
    "data",
    [b"", b"<rss/>", b"<opml><body/></opml>", b"not xml",
     b'<!DOCTYPE o [<!ENTITY x "y">]><opml><outline xmlUrl="http://&x;"/></opml>'],
)  # fmt: skip
def test_what_is_no_opml_is_an_error(data: bytes) -> None:
    with pytest.raises(ParseError, match="list"):
        read_opml(data, "list.opml")


def test_sitemap_newest_first_and_own_host_only() -> None:
    data = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <url><loc>https://x.example/old</loc><lastmod>2025-01-01</lastmod></url>
      <url><loc>https://x.example/new</loc><lastmod>2026-03-01T10:00:00+02:00</lastmod></url>
      <url><loc>https://evil.example/</loc></url><url><loc>http://[bad/</loc></url>
      <url><loc>/undated</loc></url></urlset>"""
    found = parse_sitemap(data, "https://x.example/sitemap.xml")
    assert [url for url, _ in found.pages] == [
        "https://x.example/new",
        "https://x.example/old",
        "https://x.example/undated",
    ]
    assert found.pages[0][1] == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_sitemap_index() -> None:
    data = b"<sitemapindex><sitemap><loc>https://x.example/1.xml</loc></sitemap></sitemapindex>"
    found = parse_sitemap(data, "https://www.x.example/sitemap.xml")
    assert [url for url, _ in found.maps] == ["https://x.example/1.xml"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ((DATA / "feeds/trade.xml").read_bytes(), "feed"),
        ((DATA / "feeds/newsroom.atom").read_bytes(), "feed"),
        ((DATA / "feeds/blog.json").read_bytes(), "feed"),
        (SORTED, "feed"),
        ((DATA / "pages/article.html").read_bytes(), "page"),
        (b"<?xml version='1.0'?><urlset/>", "sitemap"),
        (b"words first <p>then tags</p>", "page"),
    ],
)
def test_things_are_told_apart_by_content(data: bytes, kind: str) -> None:
    assert kind_of(data, "text/plain") == kind


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"\x89PNG\r\n\x00\x00", b"{}", b"{broken", b"words only"]
)
def test_what_is_none_of_them_is_an_error(data: bytes) -> None:
    with pytest.raises(ParseError, match="https://x"):
        kind_of(data, "", "https://x.example/")


def test_diff_shows_changed_sentences_only() -> None:
    old = "The plant opens in May. It makes 10 GWh. Nobody objected."
    new = "The plant opens in May. It makes 12 GWh. Nobody objected. A park follows."
    assert diff(old, new) == ["- It makes 10 GWh.", "+ It makes 12 GWh.", "+ A park follows."]
    assert diff(old, old) == []


@given(st.text(), st.text())
def test_diff_says_something_exactly_when_words_differ(old: str, new: str) -> None:
    if old.split() == new.split():
        return
    assert diff(old, new)


@pytest.mark.parametrize(("text", "minutes"), [("30m", 30), ("2h", 120), ("1d", 1440), (" 5M ", 5)])
def test_every_is_read(text: str, minutes: int) -> None:
    assert parse_every(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "30", "1m", "0h", "-5m", "30s", "h", "1.5h"])
def test_every_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="30m"):
        parse_every(text)


def test_next_run() -> None:
    assert next_run(None, HALF, NOW) == NOW
    assert next_run(NOW, HALF, NOW) == NOW + HALF
    assert next_run(NOW, HALF, NOW + timedelta(minutes=10)) == NOW + HALF
    # Slept through two days: one run, at once.
    assert next_run(NOW, HALF, NOW + timedelta(days=2)) == NOW + timedelta(days=2)
    # The clock was set back ten hours: no wait, and then half an hour again.
    assert next_run(NOW + timedelta(hours=10), HALF, NOW) == NOW
