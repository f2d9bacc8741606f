"""Pages become title, date and text; what is not the article stays out."""

from datetime import UTC, datetime

import pytest
from server import DATA, page

from corpus.boilerplate import strip_lines
from corpus.errors import ParseError
from corpus.extract import extract
from corpus.markup import split_prolog, text_of, text_of_bytes

PAGES = DATA / "pages"
LONG = "The depot charges ninety buses a night from a single cable, the operator said. " * 5


def test_article_page() -> None:
    found = extract(
        (PAGES / "article.html").read_bytes(), "https://harbour.example/2026/ferries?x=1"
    )
    assert found.title == "Ferry line orders electric ships"
    assert found.published == datetime(2026, 3, 5, 3, 30, tzinfo=UTC)
    assert found.updated == datetime(2026, 3, 6, 9, tzinfo=UTC)
    assert found.author == "Ruth Okafor"
    assert found.site == "Harbour Post"
    assert found.url == "https://www.harbour.example/2026/ferries"
    assert found.feeds == ("https://harbour.example/feed",)
    assert found.is_article
    assert not found.paywalled
    for kept in ("three battery-electric ships", "12 MWh battery", "hydrogen instead"):
        assert kept in found.text
    for out in ("cookies", "artist's view", "Read more", "newsletter", "Pilots vote", "Storm closes",
                "Most read", "All rights reserved", "Ferry line orders electric ships"):  # fmt: skip
        assert out not in found.text, out


def test_paywalled_stub_is_no_article() -> None:
    found = extract((PAGES / "paywall.html").read_bytes())
    assert found.title == "Inside the cell maker's restart"
    assert found.paywalled
    assert not found.is_article


def test_whole_article_with_an_offer_to_subscribe_is_no_stub() -> None:
    offer = "<div class='promo'>Already a subscriber? Log in.</div>"
    assert extract(
        page("Depot grows", LONG * 3, LONG.upper() + " It ended there.", offer)
    ).is_article


def test_front_page_is_no_article_but_announces_its_feed() -> None:
    found = extract((PAGES / "home.html").read_bytes(), "https://harbour.example/")
    assert not found.is_article
    assert found.feeds == ("https://harbour.example/feed",)


def test_canonical_address_of_another_site_is_not_believed() -> None:
    head = '<link rel="canonical" href="https://elsewhere.example/story">'
    assert extract(page("A", LONG, head=head), "https://x.example/a").url == "https://x.example/a"


def test_canonical_front_page_is_not_believed() -> None:
    head = '<link rel="canonical" href="https://x.example/">'
    assert extract(page("A", LONG, head=head), "https://x.example/a").url == "https://x.example/a"


@pytest.mark.parametrize(
    "source", ["", " ", "<", "<html>", "\x00\x01", "<p>hi", "plain words", "<a" * 5000]
)
def test_strange_pages_never_raise(source: str) -> None:
    assert not extract(source).is_article


@pytest.mark.parametrize(
    ("data", "header", "text"),
    [
        ("Säule".encode(), "text/html; charset=iso-8859-1", "Säule"),
        ("Säule “neu”".encode("cp1252"), "text/html; charset=iso-8859-1", "Säule “neu”"),
        ("<meta charset=windows-1251>Новости".encode("cp1251"), "", "<meta charset=windows-1251>Новости"),
        ("Säule".encode("utf-16"), "text/html", "Säule"),
        (b"\xef\xbb\xbfplain", "", "plain"),
    ],
)  # fmt: skip
def test_wrong_charset_claims_are_seen_through(data: bytes, header: str, text: str) -> None:
    assert text_of_bytes(data, header) == text


def test_text_of_fragment_keeps_paragraphs_and_drops_what_is_not_text() -> None:
    fragment = "<p>One &amp; two.<br>Three</p><script>x()</script><!-- no -->tail<figure>pic</figure><ul><li>a<li>b</ul>"
    assert text_of(fragment) == "One & two.\n\nThree\n\ntail\n\na\n\nb"
    assert text_of("5 &lt; 6") == "5 < 6"


@pytest.mark.parametrize(
    "line",
    ["Read more: The pier", "RELATED: Another story", "Image credit: A. Maker", "(Photo: A. Maker)",
     "Sign up for our daily newsletter", "We use cookies to improve this site.", "Advertisement",
     "© 2026 Harbour Post", "Share this article", "The post Ships appeared first on Harbour Post."],
)  # fmt: skip
def test_leftover_lines_go(line: str) -> None:
    assert strip_lines(f"First.\n\n{line}\n\nLast.", "T").split() == ["First.", "Last."]


@pytest.mark.parametrize(
    "line",
    ["Related costs rose by 4 percent.", "Sharing a charger is cheaper, the study says.",
     "The company said photos of the car were fake.", "Subscribers rose to 4 million, Netflix said.",
     "Cookies and cars: a café opens at the charging hub.", "Tesla said it would sign up 400 stations."],
)  # fmt: skip
def test_sentences_that_look_alike_stay(line: str) -> None:
    assert line in strip_lines(f"First.\n\n{line}\n\nLast.", "T")


def test_heading_of_more_stories_ends_the_text_only_near_its_end() -> None:
    body = "\n\n".join(f"Paragraph {n} about a car." for n in range(9))
    assert strip_lines(f"{body}\n\nRelated stories\n\nStorm", "T") == body
    assert "Paragraph 8" in strip_lines(f"Top\n\nRelated stories\n\n- Storm\n{body}", "T")


def test_prolog_without_end_is_an_error() -> None:
    with pytest.raises(ParseError, match="broken"):
        split_prolog("<!DOCTYPE x [", "a.xml")
