"""robots.txt by RFC 9309."""

import pytest

from corpus.robots import parse

TEXT = """
# a comment
User-agent: OtherBot
Disallow: /

User-agent: *
Disallow: /private/
Allow: /private/news/
Disallow: /*?print=
Disallow: /*.pdf$
Disallow: /tmp
Crawl-delay: 2.5
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private/", False),
        ("/private/x", False),
        ("/private/news/1", True),
        ("/story?print=1", False),
        ("/story?a=1&print=1", True),
        ("/a/report.pdf", False),
        ("/a/report.pdf?x", True),
        ("/tmpfile", False),
        ("/%74mp", False),
        ("/robots.txt", True),
    ],
)
def test_longest_match_wildcards_and_end(path: str, allowed: bool) -> None:
    assert parse(TEXT, "EVNewsChat").allows("https://x.example" + path) is allowed


def test_own_group_outranks_the_general_one() -> None:
    rules = parse(
        "User-agent: *\nDisallow: /\n\nUser-agent: evnewschat\nDisallow: /no", "EVNewsChat"
    )
    assert rules.allows("https://x.example/yes")
    assert not rules.allows("https://x.example/no")


def test_allow_wins_a_tie_and_an_empty_disallow_means_nothing() -> None:
    assert parse("User-agent: *\nDisallow: /a\nAllow: /a", "B").allows("http://x/a")
    assert parse("User-agent: *\nDisallow:", "B").allows("http://x/a")


def test_several_agents_share_a_group_and_delay_is_read() -> None:
    rules = parse("User-agent: a\nUser-agent: b\nCrawl-delay: 7\nDisallow: /x", "B")
    assert rules.delay == 7
    assert not rules.allows("http://x/x")


def test_hostile_pattern_is_matched_quickly() -> None:
    rules = parse("User-agent: *\nDisallow: /" + "*a" * 2000 + "b", "B")
    assert rules.allows("http://x/" + "a" * 5000)


def test_html_instead_of_robots_closes_nothing() -> None:
    assert parse("<html><body>Not found</body></html>", "B").allows("http://x/a")
