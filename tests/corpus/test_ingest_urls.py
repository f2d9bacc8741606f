"""Addresses given by hand: pages, feeds, sitemaps, front pages."""

import re

import pytest
from bench import NOW, Bench, publish, story
from server import Site, rss

from corpus.article import Feed
from corpus.discover import find_feed
from corpus.errors import ParseError
from corpus.fetch import Fetcher


def test_ingest_tells_page_feed_and_sitemap_apart(bench: Bench, site: Site) -> None:
    publish(site, 1, 2)
    site.serve("/3", story(3))
    site.serve("/4", story(4))
    site.serve("/map.xml", f"<urlset><url><loc>{site.url}/4</loc></url></urlset>", "text/xml")
    site.serve("/index.xml", f"<sitemapindex><sitemap><loc>{site.url}/map.xml</loc></sitemap></sitemapindex>", "text/xml")  # fmt: skip
    report = bench.ingest(
        site.url + "/3", site.url + "/feed", site.url + "/index.xml", site.url + "/no"
    )
    assert report.counts == {"new": 4}
    assert len(report.failures) == 1
    assert "404" in report.failures[0].reason


def test_ingest_of_a_front_page_follows_its_feed(bench: Bench, site: Site) -> None:
    publish(site, 1)
    site.serve("/", '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body><h1>Us</h1></body></html>')  # fmt: skip
    report = bench.ingest(site.url + "/")
    assert report.counts == {"new": 1}
    assert "its feed" in report.warnings[0].reason


def test_ingest_of_the_same_page_twice_changes_nothing(bench: Bench, site: Site) -> None:
    publish(site, 1)
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    bench.run()
    assert bench.ingest(site.url + "/1?utm_medium=mail#top").counts == {"unchanged": 1}


def test_ingest_of_a_sitemap_has_a_limit(bench: Bench, site: Site) -> None:
    for number in range(5):
        site.serve(f"/{number}", story(number))
    urls = "".join(
        f"<url><loc>{site.url}/{n}</loc><lastmod>2026-03-0{n + 1}</lastmod></url>" for n in range(5)
    )
    site.serve("/map.xml", f"<urlset>{urls}</urlset>", "text/xml")
    steps: list[tuple[str, int, int]] = []
    report = bench.ingest(site.url + "/map.xml", limit=2, progress=lambda *s: steps.append(s))
    assert report.counts == {"new": 2}
    assert steps == [("pages", 1, 2), ("pages", 2, 2)]
    assert bench.titles() == ["Charging network opens site 3", "Charging network opens site 4"]
    assert "newest 2" in report.warnings[0].reason


def test_find_feed_by_page(site: Site) -> None:
    publish(site, 1)
    site.serve("/", '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>x</body></html>')  # fmt: skip
    site.serve("/bare", "<html><body><p>No feed here</p></body></html>")
    with Fetcher(allow_private=True, pause=0) as fetcher:
        found, _ = find_feed(fetcher, site.url + "/", now=NOW)
        assert (found.url, found.name) == (site.url + "/feed", "Charge Weekly")
        with pytest.raises(ParseError, match="announces no feed"):
            find_feed(fetcher, site.url + "/bare", now=NOW)


def test_one_publisher_has_one_name_whichever_way_it_comes(bench: Bench, site: Site) -> None:
    named = '<meta property="og:site_name" content="Charge Weekly"><title>'
    publish(site, 2)
    for number in (1, 2, 3):
        site.serve(f"/{number}", story(number).replace("<title>", named))
    site.serve("/map.xml", f"<urlset><url><loc>{site.url}/3</loc></url></urlset>", "text/xml")
    assert bench.ingest(site.url + "/1", site.url + "/feed", site.url + "/map.xml").seen == 3
    assert bench.store.summary().sources == {"Charge Weekly": 3}


def test_the_newest_entries_of_a_feed_are_read(bench: Bench, site: Site) -> None:
    publish(site, 1, 2, 3)
    days = iter(["08", "10", "09"])
    feed = rss("Charge Weekly", site.url, *((f"g{n}", f"/{n}", f"Site {n}") for n in (1, 2, 3)))
    site.serve("/feed", re.sub("Tue, 10", lambda _: next(days), feed), "text/xml")
    report = bench.ingest(site.url + "/feed", limit=2)
    assert "newest 2" in report.warnings[0].reason
    assert bench.titles() == ["Charging network opens site 2", "Charging network opens site 3"]
