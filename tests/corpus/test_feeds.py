"""Feeds of all shapes become entries, or one clear error."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from server import DATA

from corpus.errors import ParseError
from corpus.feeds import feed_defaults, parse_feed

NOW = datetime(2026, 3, 15, tzinfo=UTC)
FEEDS = DATA / "feeds"


def read(name: str, **more: str):  # type: ignore[no-untyped-def]
    return parse_feed(
        (FEEDS / name).read_bytes(), f"https://charge.example/{name}", now=NOW, **more
    )


def test_rss_with_its_oddities() -> None:
    feed = read("trade.xml")
    assert feed.title == "Charge & Drive Weekly"
    assert feed.home == "https://charge.example/"
    plant, stalls, undated, future, untitled = feed.entries
    assert plant.published == datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
    assert plant.url == "https://charge.example/2026/northlake-plant?utm_source=rss&utm_medium=feed"
    assert plant.author == "Ada Moreau"
    # The repeated guid keeps its latest state.
    assert stalls.title == "Charging network adds 400 stalls (corrected)"
    assert stalls.published == datetime(2026, 3, 10, 8, tzinfo=UTC)
    assert undated.published is None
    assert future.published is None
    assert untitled.title == "No title here"
    assert untitled.url is None
    assert untitled.guid
    assert dict(feed.notes) == {
        "date unreadable": 1,
        "date in the future": 1,
        "no date": 1,
        "no title": 1,
        "no address": 1,
        "repeated guid": 1,
    }


@pytest.mark.parametrize(
    ("date", "note"),
    [
        ("Mon, 01 Jan 0001 00:00:00 GMT", "date impossible"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "date impossible"),
        ("0000-00-00", "date unreadable"),
    ],
)
def test_what_programs_write_for_no_date_is_none(date: str, note: str) -> None:
    rss = f"""<rss version="2.0"><channel><title>t</title><item><title>Plant opens</title>
      <link>https://a.example/1</link><pubDate>{date}</pubDate></item></channel></rss>"""
    feed = parse_feed(rss.encode(), "https://a.example/feed", now=NOW)
    assert feed.entries[0].published is None
    assert dict(feed.notes) == {note: 1}


def test_atom_resolves_links_and_keeps_both_dates() -> None:
    feed = read("newsroom.atom")
    (entry,) = feed.entries
    assert feed.title == "Maker Newsroom"
    assert entry.url == "https://maker.example/press/2026/m5"
    assert entry.published == datetime(2026, 1, 31, 22, tzinfo=UTC)
    assert entry.updated == datetime(2026, 2, 3, tzinfo=UTC)
    assert "first cars" in entry.html


def test_json_feed() -> None:
    feed = read("blog.json")
    seven, eight = feed.entries
    assert (seven.guid, seven.url) == ("7", "https://plugged.example/seven")
    assert seven.published == datetime(2026, 1, 7, 10, tzinfo=UTC)
    assert seven.author == "Lin, Omar"
    assert "&lt;home&gt; chargers &amp; one" in seven.html
    assert eight.url == "https://other.example/eight"
    assert eight.title == "A link to a story about a depot"
    assert feed.notes["date unreadable"] == 1


def test_other_charset_by_its_declaration() -> None:
    assert read("cyrillic.xml").entries[0].title == "Новая зарядная станция"


def test_bytes_outrank_a_wrong_header_and_declaration() -> None:
    text = "<?xml version='1.0' encoding='iso-8859-1'?><rss version='2.0'><channel><title>Ladesäule</title></channel></rss>"
    feed = parse_feed(text.encode(), "https://x.example/", "text/xml; charset=iso-8859-1", now=NOW)
    assert feed.title == "Ladesäule"


def test_utf_16_is_read() -> None:
    text = "<?xml version='1.0' encoding='utf-16'?><rss version='2.0'><channel><title>Säule</title></channel></rss>"
    assert parse_feed(text.encode("utf-16"), "https://x.example/", now=NOW).title == "Säule"


def test_broken_xml_gives_what_can_be_read() -> None:
    feed = read("broken.xml")
    assert feed.entries[0].title == "Cells & packs"
    assert feed.entries[0].url == "https://loose.example/a?x=1&y=2"


@pytest.mark.parametrize(
    "wrap", [bytes, lambda data: data.decode().encode("utf-16"), lambda data: b"\n\n" + data]
)  # fmt: skip
def test_entities_are_refused_in_every_encoding(wrap: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ParseError, match="never expanded"):
        parse_feed(wrap((FEEDS / "bomb.xml").read_bytes()), "https://x.example/", now=NOW)


def test_feed_that_is_a_gzip_file() -> None:
    packed = gzip.compress((FEEDS / "newsroom.atom").read_bytes())
    assert len(parse_feed(packed, "https://x.example/", now=NOW).entries) == 1
    with pytest.raises(ParseError, match="cut off"):
        parse_feed(packed[:-40], "https://x.example/", now=NOW)
    with pytest.raises(ParseError, match="more than 10 MB"):
        parse_feed(gzip.compress(bytes(20_000_000)), "https://x.example/", now=NOW)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "an HTML page"),
        (b"<p>A fragment</p>", "neither RSS nor Atom"),
        (b"just words", "neither RSS nor Atom"),
        (b'{"version": "1.0"}', "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": 3}', "not a JSON Feed"),
        (b"{broken", "broken JSON"),
        (b"<!-- open", "broken before"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither"),
    ],
)
def test_what_is_no_feed_is_one_clear_line(data: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words) as caught:
        parse_feed(data, "https://x.example/thing", now=NOW)
    assert "https://x.example/thing" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_guid_for_different_stories_keeps_them_apart() -> None:
    items = "".join(
        f"<item><guid>same</guid><title>Story {n}</title><link>https://x.example/{n}</link></item>"
        for n in range(3)
    )
    feed = parse_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), "https://x.example/", now=NOW)  # fmt: skip
    assert [entry.title for entry in feed.entries] == ["Story 0", "Story 1", "Story 2"]
    assert len({entry.guid for entry in feed.entries}) == 3


def test_a_redirect_to_what_is_no_address_stays_as_it_is() -> None:
    link = "https://www.google.com/url?q=http://[bad/"
    text = f"<rss version='2.0'><channel><item><link>{link}</link></item></channel></rss>"
    (entry,) = parse_feed(text.encode(), "https://x.example/", now=NOW).entries
    assert entry.url == link


def test_shipped_feeds_are_off_distinct_and_secure() -> None:
    feeds = feed_defaults()
    assert 12 <= len(feeds) <= 20
    assert len({feed.url for feed in feeds}) == len(feeds)
    assert all(feed.url.startswith("https://") for feed in feeds)
    assert not any(feed.enabled for feed in feeds)
