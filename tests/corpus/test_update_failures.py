"""What goes wrong in an update stays small: one page, one feed, one host, one killed run."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bench import Bench, publish, story
from server import Exchange, Site, page, rss

from corpus.article import Feed
from corpus.fetch import Fetcher
from corpus.reply import Reply
from corpus.update import update
from corpus.web import ingest_urls


def test_one_bad_feed_or_page_does_not_stop_the_rest(bench: Bench, site: Site) -> None:
    publish(site, 1, 2, 3, 4)
    site.misbehave("/2", 404)
    site.serve("/3", b"\x89PNG\r\n\x00\x00", "image/png")
    site.serve("/4", page("Charging site 4", "Too short."))
    site.misbehave("/gone", 410)
    site.serve("/html", "<html><body>Hello</body></html>")
    names = {"/feed": "Good", "/gone": "Gone", "/html": "Page"}
    bench.add(*(Feed(site.url + path, name) for path, name in names.items()))
    report = bench.run()
    assert [feed.status for feed in report.feeds] == ["read", "gone", "failed"]
    assert report.counts == {"new": 1, "empty": 1, "failed": 2}
    assert not report.all_failed
    reasons = {f.name.rpartition("/")[2]: f.reason for f in report.feeds[0].failures}
    assert "404" in reasons["2"]
    assert "neither a feed nor a page" in reasons["3"]
    assert "no article text" in reasons["4"]
    assert "an HTML page" in (report.feeds[2].reason or "")
    site.hits.clear()
    again = bench.run()
    assert again.feeds[1].status == "gone"
    assert sorted(site.hits) == ["/feed", "/html"]  # 410 is remembered, and so are bad pages


def test_pages_and_feeds_that_are_odd_inside_do_not_stop_the_run(bench: Bench, site: Site) -> None:
    publish(site, 1, 2, 3, 4)
    link = '<link rel="alternate" type="application/rss+xml" href="http://[bad/">'
    date = _claims('"datePublished": "0001-01-01T00:00:00+02:00"')
    half = _claims(r'"author": "Ada \ud83d"')
    for number, head in enumerate((link, date, half), 1):
        site.serve(f"/{number}", story(number).replace("<head>", f"<head>{head}"))
    site.misbehave("/4", 302, Location="http://[bad/")
    bench.add(Feed(site.url + "/feed", "Good"), Feed("http://[bad/", "Bad"))
    report = bench.run()
    assert report.counts == {"new": 3, "failed": 1}
    assert "http://[bad/: not a valid address" in report.feeds[0].failures[0].reason
    assert "not a valid address" in (report.feeds[1].reason or "")
    assert {article.author for article in bench.store.articles()} == {None, "Ada"}
    assert bench.run().counts == {}


def _claims(fields: str) -> str:
    news = f'{{"@type": "NewsArticle", {fields}}}'
    return f'<script type="application/ld+json">{news}</script>'


def test_half_a_character_in_a_json_feed_is_left_out(bench: Bench, site: Site) -> None:
    publish(site, 1)
    feed = (
        r'{"version": "https://jsonfeed.org/version/1.1", "title": "T\ud83d", "items": [{"id":'
        r' "a\ud83d", "url": "/1\ud83d", "title": "Cut \ud83d", "content_html": "<p>\ud83d</p>"}]}'
    )
    site.serve("/feed.json", feed, "application/json")
    bench.add(Feed(site.url + "/feed.json", "Charge Weekly"))
    assert bench.run().counts == {"new": 1}


def test_an_unforeseen_error_fails_one_page_or_feed_only(bench: Bench, site: Site) -> None:
    class Stumbling(Fetcher):
        def get(self, url: str, **more: Any) -> Reply:
            if url.endswith(("/1", "/bad")):
                raise RuntimeError("a wire\ncame loose")
            return super().get(url, **more)

    publish(site, 1, 2)
    bench.add(Feed(site.url + "/bad", "Bad"), Feed(site.url + "/feed", "Good"))
    with Stumbling(allow_private=True, pause=0, now=lambda: bench.now) as fetcher:
        report = update(bench.store, fetcher, clock=lambda: bench.now)
        hand = ingest_urls(bench.store, fetcher, [site.url + "/bad"], clock=lambda: bench.now)
    assert [feed.status for feed in report.feeds] == ["failed", "read"]
    assert report.counts == {"new": 1, "failed": 1}
    (failure,) = report.feeds[1].failures
    for reason in (report.feeds[0].reason or "", failure.reason, hand.failures[0].reason):
        assert "RuntimeError: a wire came loose" in reason
    assert bench.run().counts == {}  # it is not tried for ever


def test_all_failed_is_said(bench: Bench, site: Site) -> None:
    bench.add(Feed(site.url + "/none", "None"))
    report = bench.run()
    assert report.all_failed
    assert report.as_dict()["feeds"][0]["status"] == "failed"


def test_failing_host_is_left_alone_and_nothing_is_missed(bench: Bench, site: Site) -> None:
    publish(site, 1, 2, 3)
    site.in_turn(
        "/1", [lambda x: x.reply(429, Retry_After="600"), lambda x: x.reply(200, story(1).encode())]
    )
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    first = bench.run()
    assert sum(first.counts.values()) == 3
    assert first.counts["failed"] == 1
    asked = len(site.hits)
    bench.now += timedelta(minutes=9)
    assert bench.run().feeds[0].status == "waiting"
    assert len(site.hits) == asked  # kept across runs
    bench.now += timedelta(minutes=2)
    # The entries have left the feed in the meantime.
    site.serve("/feed", rss("Charge Weekly", site.url), "text/xml")
    bench.run()
    assert bench.titles() == [f"Charging network opens site {n}" for n in (1, 2, 3)]


def test_page_that_always_fails_is_given_up_after_five_tries(bench: Bench, site: Site) -> None:
    publish(site, 1)
    site.misbehave("/1", 500)
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    for _ in range(8):
        bench.run()
        bench.now += timedelta(days=2)
    assert site.hits.count("/1") == 10  # five tries, each once more at once


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from corpus.fetch import Fetcher
from corpus.store import Store
from corpus.update import update
now = datetime(2026, 3, 10, 12, tzinfo=UTC)
with Fetcher(allow_private=True, pause=0, now=lambda: now) as fetcher:
    update(Store(Path(sys.argv[1])), fetcher, clock=lambda: now)
"""


@pytest.mark.parametrize("at", [1, 4, 7])
def test_kill_in_the_middle_then_again_is_the_same_library(
    tmp_path: Path, site: Site, at: int
) -> None:
    numbers = range(1, 9)
    publish(site, *numbers)
    whole = Bench(tmp_path / "whole")
    whole.add(Feed(site.url + "/feed", "Charge Weekly"))
    whole.run()
    cut = Bench(tmp_path / "cut")
    cut.add(Feed(site.url + "/feed", "Charge Weekly"))
    child: list[subprocess.Popen[bytes]] = []

    def kill(exchange: Exchange) -> None:
        os.kill(child[0].pid, signal.SIGKILL)
        exchange.reply(200, story(at).encode())

    site.handlers[f"/{at}"] = kill
    program = [sys.executable, "-c", CHILD, str(tmp_path / "cut" / "library.db")]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        program, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    ) as process:
        child.append(process)
        process.wait(60)
    assert process.returncode == -signal.SIGKILL
    assert len(cut.titles()) < 8
    site.serve(f"/{at}", story(at))
    cut.run()
    rows = [
        [(a.id, a.title, a.text, a.revision, a.story) for a in bench.store.articles()]
        for bench in (whole, cut)
    ]
    assert rows[0] == rows[1]
    for bench in (whole, cut):
        bench.store.close()
