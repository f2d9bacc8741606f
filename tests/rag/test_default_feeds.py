"""The feeds that come with the project are on once they are asked for."""

from collections.abc import Callable

from corpus.feeds import feed_defaults
from rag import NewsChat


def test_one_call_switches_all_of_them_on_also_those_that_were_off(
    open_chat: Callable[..., NewsChat],
) -> None:
    feeds = open_chat().feeds
    assert feeds.enable_defaults() == len(feed_defaults())
    assert all(feed.enabled for feed in feeds.list())
    feeds.enable(feed_defaults()[0].url, False)
    assert feeds.enable_defaults() == 1
    assert all(feed.enabled for feed in feeds.list())
    assert feeds.enable_defaults() == 0
    assert len(feeds.list()) == len(feed_defaults())
