"""The update run against real servers: nothing lost, nothing twice, every failure named."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bench import Bench, publish, story
from server import Exchange, Site, page, rss, running

from corpus.article import Feed
from corpus.errors import InputError


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
    item = ("x", "/1?utm_source=other", "Charging network opens site 1")
    site.serve("/other", rss("Other", site.url, item), "text/xml")
    bench.add(Feed(site.url + "/other", "Other"))  # nor by way of another feed
    assert bench.run().counts == {"skipped": 1}
    assert bench.titles() == ["Charging network opens site 2"]
    assert bench.ingest(site.url + "/1").counts == {"new": 1}  # asked for by hand
    site.serve("/other", rss("Other", site.url, ("y", *item[1:])), "text/xml")
    assert bench.run().counts == {"unchanged": 1}


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
