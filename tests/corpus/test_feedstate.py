"""What is remembered about feeds and their entries."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench import NOW, Bench

from corpus import feedstate
from corpus.article import Entry, Feed


def test_feed_list_is_kept(bench: Bench) -> None:
    one, two = Feed("https://a.example/", "One"), Feed("https://b.example/", "Two", relevance=False)
    bench.add(one, two, one)
    assert bench.feeds() == [one, two]
    change: list[Callable[[Any], object]] = [
        lambda c: feedstate.enable_feed(c, one.url, False),
        lambda c: feedstate.remove_feed(c, two.url),
    ]
    with bench.store.database.write() as connection:
        assert all(step(connection) for step in change)
        assert not feedstate.remove_feed(connection, "https://none.example/")
    assert [(feed.name, feed.enabled) for feed in bench.feeds()] == [("One", False)]


def test_changed_entry_is_queued_again_and_counters_are_not_a_change(bench: Bench) -> None:
    bench.add(Feed("https://a.example/", "A"))
    entry = Entry("1", "https://a.example/1", "T", "<p>Text</p><img src='p.gif?1'>", NOW)
    same = Entry("1", "https://a.example/1", "T", "<p>Text</p><img src='p.gif?2'>", NOW)
    other = Entry("1", "https://a.example/1", "T", "<p>New text</p>", NOW)
    with bench.store.database.write() as c:
        queued = [feedstate.queue_entries(c, "f", [each], NOW) for each in (entry, same, other)]
        assert queued == [1, 0, 1]
        assert feedstate.pending_entries(c, "f", NOW)[0].entry == other


def test_a_guid_used_for_another_story_hides_neither(bench: Bench) -> None:
    """The first story keeps its place in the library; the second one gets a page of its own."""
    first = Entry("same", "https://a.example/1", "One", "<p>Text</p>", NOW)
    second = Entry("same", "https://a.example/2", "Two", "<p>More</p>", NOW + timedelta(hours=3))
    moved = Entry("same", "https://a.example/one", "One, updated", "<p>Text!</p>", NOW)
    with bench.store.database.write() as c:
        feedstate.queue_entries(c, "f", [first], NOW)
        (queued,) = feedstate.pending_entries(c, "f", NOW)
        feedstate.settle_entry(c, queued, "stored", NOW, url=first.url, etag="1")
        # Days later only the body of a settled entry is forgotten.
        late = NOW + timedelta(days=9)
        assert [feedstate.queue_entries(c, "f", [second], late) for _ in range(3)] == [1, 0, 0]
        (other,) = feedstate.pending_entries(c, "f", late)
        assert (other.entry.url, other.url, other.etag) == (second.url, None, None)
        feedstate.settle_entry(c, other, "stored", late, url=second.url)
        assert feedstate.queue_entries(c, "f", [moved], late) == 1
        (again,) = feedstate.pending_entries(c, "f", late)
        assert (again.entry.url, again.url, again.etag) == (moved.url, first.url, None)
