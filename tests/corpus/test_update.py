"""The update run against real servers: nothing lost, nothing twice, every failure named."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bench import Bench, publish, story
from server import Exchange, Site, page, rss, running

from corpus.article import Feed
from corpus.errors import InputError
from corpus.fetch import Fetcher
from corpus.reply import Reply
from corpus.update import update
from corpus.web import ingest_urls


def test_first_update_stores_pages_and_second_asks_only_the_feed(bench: Bench, site: Site) -> None:
    publish(site, 1, 2, 3)
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    steps: list[tuple[str, int, int]] = []
    report = bench.run(progress=lambda *step: steps.append(step))
    assert report.counts == {"new": 3}
    (article,) = (a for a in bench.store.articles() if a.title.endswith("site 1"))
    assert article.url == site.url + "/1"
    assert article.source == "Charge Weekly"
    assert article.published == datetime(2026, 3, 10, 8, tzinfo=UTC)
    assert steps == [("feeds", 1, 1), ("pages", 1, 3), ("pages", 2, 3), ("pages", 3, 3)]
    site.hits.clear()
    again = bench.run()
    assert again.counts == {}
    assert again.feeds[0].status == "not modified"
    assert site.hits == ["/feed"]


def test_correction_makes_a_revision(bench: Bench, site: Site) -> None:
    publish(site, 1)
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    bench.run()
    site.serve("/1", story(1, "Correction: there are 14 stalls."))
    item = ("g1", "/1", "Charging network opens site 1 (corrected)")
    site.conditional("/feed", rss("Charge Weekly", site.url, item), '"2"', "text/xml")
    bench.now += timedelta(hours=1)
    assert bench.run().counts == {"revised": 1}
    (article,) = bench.store.articles()
    assert article.revision == 2
    assert "14 stalls" in article.text
    assert len(bench.store.history(article.id)) == 2


def test_silent_correction_is_found_on_another_look_within_three_days(
    bench: Bench, site: Site
) -> None:
    publish(site, 1)
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    bench.run()
    site.serve("/1", story(1, "There are 14 stalls."))
    bench.now += timedelta(hours=3)
    assert bench.run().counts == {}  # not so soon
    bench.now += timedelta(hours=22)
    assert bench.run().counts == {"revised": 1}
    bench.now += timedelta(days=9)
    site.hits.clear()
    bench.run()
    assert site.hits == ["/feed"]  # old news is left alone


def test_changed_address_of_one_story_is_not_a_second_article(bench: Bench, site: Site) -> None:
    publish(site, 1)
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    bench.run()
    site.serve("/moved", story(1, "Updated with a quote."))
    item = ("g1", "/moved", "Charging network opens site 1 - updated")
    site.conditional("/feed", rss("Charge Weekly", site.url, item), '"2"', "text/xml")
    assert bench.run().counts == {"revised": 1}
    assert len(list(bench.store.articles())) == 1


def test_one_guid_for_all_entries_overwrites_no_article(bench: Bench, site: Site) -> None:
    entries = [("g", f"/{n}", f"Charging network opens site {n}") for n in (1, 2, 3)]
    publish(site, 1, 2, 3)
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    for newest in (1, 2, 3):
        feed = rss("Charge Weekly", site.url, *reversed(entries[:newest]))
        site.serve("/feed", feed, "text/xml")
        bench.run()
    stored = sorted((a.url, a.title[-6:], a.revision) for a in bench.store.articles())
    assert stored == [(f"{site.url}/{n}", f"site {n}", 1) for n in (1, 2, 3)]


def test_removed_article_does_not_come_back(bench: Bench, site: Site) -> None:
    publish(site, 1, 2)
    body = "".join(f"<p>Electric bus {n} left the depot at dawn.</p>" for n in range(30))
    item = f"<item><guid>own</guid><title>Electric buses</title><description><![CDATA[{body}]]></description></item>"
    feed = rss("Depot Blog", site.url).replace("</channel>", f"{item}</channel>")
    site.serve("/full", feed, "text/xml")
    bench.add(Feed(site.url + "/feed", "Charge Weekly"), Feed(site.url + "/full", "Depot Blog"))
    assert bench.run().counts == {"new": 3}
    for article in list(bench.store.articles()):
        if article.url != site.url + "/2":
            assert bench.store.remove(article.id)
    bench.now += timedelta(days=2)  # time for another look at young pages
    changed = [(f"g{n}", f"/{n}", f"Charging network opens site {n} (corrected)") for n in (1, 2)]
    site.conditional("/feed", rss("Charge Weekly", site.url, *changed), '"2"', "text/xml")
    site.serve("/full", feed.replace("dawn", "dusk"), "text/xml")
    site.hits.clear()
    bench.run()
    assert bench.titles() == ["Charging network opens site 2"]
    assert "/1" not in site.hits
    assert bench.ingest(site.url + "/1").counts == {"new": 1}  # asked for by hand


def test_two_feeds_with_one_address_give_one_article_and_one_visit(
    bench: Bench, site: Site
) -> None:
    publish(site, 1)
    site.serve("/other", rss("Other", site.url, ("x", "/1?utm_source=o", "Site 1")), "text/xml")
    bench.add(Feed(site.url + "/feed", "Charge Weekly"), Feed(site.url + "/other", "Other"))
    report = bench.run()
    assert report.counts == {"new": 1, "unchanged": 1}
    assert sum(hit.startswith("/1") for hit in site.hits) == 1


def test_two_publishers_with_one_text_are_one_story(bench: Bench, site: Site) -> None:
    publish(site, 1)
    with running() as other:
        other.serve("/feed", rss("Agency", other.url, ("a", "/copy", "Site 1")), "text/xml")
        other.serve("/copy", story(1))
        bench.add(Feed(site.url + "/feed", "Charge Weekly"), Feed(other.url + "/feed", "Agency"))
        assert bench.run().counts == {"new": 1, "copy": 1}
    assert len({article.story for article in bench.store.articles()}) == 1


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


def test_permanent_redirect_of_a_feed_is_remembered(bench: Bench, site: Site) -> None:
    publish(site, 1)
    site.misbehave("/old", 301, Location="/feed")
    bench.add(Feed(site.url + "/old", "Charge Weekly"))
    bench.run()
    assert [feed.url for feed in bench.feeds()] == [site.url + "/feed"]
    site.hits.clear()
    assert bench.run().counts == {}
    assert site.hits == ["/feed"]


def test_irrelevant_entries_are_left_out_unless_the_rule_is_off(bench: Bench, site: Site) -> None:
    summary = (
        "The minister spoke about schools and about the new teachers that they will need. " * 4
    )
    feed = rss("General", site.url, ("a", "/a", "Schools get teachers"), ("b", "/b", "Rain"))
    feed = feed.replace("Schools get teachers.</description>", f"{summary}</description>")
    site.serve("/feed", feed, "text/xml")
    site.serve("/a", page("Schools get teachers", summary))
    site.serve("/b", page("Rain", "It rained on the hills all day and in the night as well. " * 9))
    bench.add(Feed(site.url + "/feed", "General"))
    report = bench.run()
    assert report.counts == {"irrelevant": 2}
    assert "no EV term" in report.feeds[0].failures[0].reason
    assert "/a" not in site.hits  # its summary was enough
    bench.add(Feed(site.url + "/feed?all", "Everything", relevance=False))
    assert bench.run(only=["everything"]).counts == {"new": 2}


def test_paywalled_stub_is_named_and_not_stored(bench: Bench, site: Site) -> None:
    publish(site, 1)
    wall = "<p>Already a subscriber? Log in to continue reading.</p>"
    stub = page(
        "Charging site 1", "The electric bus depot was dark when we came, and " * 6 + "then …"
    )
    site.serve("/1", stub.replace("</article>", f"{wall}</article>"))
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    report = bench.run()
    assert report.counts == {"paywalled": 1}
    assert "paywall" in report.feeds[0].failures[0].reason
    assert bench.titles() == []


def test_robots_closes_a_page(bench: Bench, site: Site) -> None:
    publish(site, 1, 2)
    site.serve("/robots.txt", "User-agent: *\nDisallow: /2")
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    report = bench.run()
    assert report.counts == {"new": 1, "failed": 1}
    assert "robots.txt" in report.feeds[0].failures[0].reason
    assert "/2" not in site.hits


def test_full_text_feed_needs_no_page(bench: Bench, site: Site) -> None:
    body = "".join(
        f"<p>Electric bus {n} left the depot at dawn and came back at dusk.</p>" for n in range(30)
    )
    feed = rss("Depot Blog", site.url, ("f", "/f", "Thirty electric buses"))
    site.serve(
        "/feed",
        feed.replace("Thirty electric buses.</desc", f"<![CDATA[{body}]]></desc"),
        "text/xml",
    )
    bench.add(Feed(site.url + "/feed", "Depot Blog"))
    assert bench.run().counts == {"new": 1}
    assert site.hits == ["/feed"]
    (article,) = bench.store.articles()
    assert article.text.startswith("Electric bus 0 left the depot")


def test_since_skips_old_entries_for_good(bench: Bench, site: Site) -> None:
    publish(site, 1)
    bench.add(Feed(site.url + "/feed", "Charge Weekly"))
    bench.now += timedelta(days=30)
    assert bench.run(since=7).counts == {"skipped": 1}
    assert bench.run().counts == {}
    assert site.hits.count("/1") == 0


def test_only_named_feeds_and_unknown_names(bench: Bench, site: Site) -> None:
    with pytest.raises(InputError, match="--defaults"):
        bench.run()
    publish(site, 1)
    bench.add(Feed(site.url + "/feed", "Charge Weekly", enabled=False))
    with pytest.raises(InputError, match="no feed is enabled"):
        bench.run()
    with pytest.raises(InputError, match="no such feed"):
        bench.run(only=["Nobody"])
    assert bench.run(only=["charge weekly"]).counts == {"new": 1}


def test_hosts_are_asked_side_by_side_but_each_one_at_a_time(bench: Bench, site: Site) -> None:
    with running() as other:
        for each in (site, other):
            publish(each, 1, 2, 3)
            bench.add(Feed(each.url + "/feed", each.url, relevance=False))
        bench.run()
        assert (site.most_busy, other.most_busy) == (1, 1)


def test_same_library_whatever_answers_first(tmp_path: Path, site: Site) -> None:
    heads = []
    with running() as other:
        other.serve("/feed", rss("Agency", other.url, ("a", "/copy", "Site 1")), "text/xml")
        for delay in (False, True):
            publish(site, 1)
            (site if delay else other).handlers["/1" if delay else "/copy"] = _slow
            (other if delay else site).serve("/copy" if delay else "/1", story(1))
            folder = tmp_path / str(delay)
            bench = Bench(folder)
            bench.add(Feed(site.url + "/feed", "One"), Feed(other.url + "/feed", "Two"))
            bench.run()
            heads.append({a.url: a.story for a in bench.store.articles()})
            bench.store.close()
    assert len(heads[0]) == 2
    assert heads[0] == heads[1]


def _slow(exchange: Exchange) -> None:
    threading.Event().wait(0.05)
    exchange.reply(200, story(1).encode())


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
