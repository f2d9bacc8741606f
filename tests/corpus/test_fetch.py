"""Polite fetching, against a real server that misbehaves."""

import gzip
import threading
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
from server import Exchange, Site, packed, running

from corpus.errors import FetchError, RefusedAddress
from corpus.fetch import Fetcher
from corpus.hosts import HostState, Resting, retry_after

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
Make = Callable[..., Fetcher]


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as site:
        site.serve("/ok", "fine")
        yield site


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Fetcher] = []

    def build(**settings: Any) -> Fetcher:
        made.append(Fetcher(**{"allow_private": True, "pause": 0, "now": lambda: NOW, **settings}))
        return made[-1]

    yield build
    for fetcher in made:
        fetcher.close()


def test_says_who_asks_and_keeps_no_cookies(site: Site, make: Make) -> None:
    site.serve("/cookie", "a", Set_Cookie="id=1; Path=/")
    fetcher = make(contact="desk@paper.example")
    fetcher.get(site.url + "/cookie")
    fetcher.get(site.url + "/ok")
    agent = site.requests[1]["user-agent"]
    assert agent.startswith("EVNewsChat/")
    assert "desk@paper.example" in agent
    assert "cookie" not in site.requests[1]


def test_conditional_request_gets_304(site: Site, make: Make) -> None:
    site.conditional("/feed", "body", '"v1"', "text/xml")
    fetcher = make()
    first = fetcher.get(site.url + "/feed")
    again = fetcher.get(site.url + "/feed", etag=first.etag)
    assert (first.status, first.body, again.status, again.body) == (200, b"body", 304, b"")


def test_304_to_an_unconditional_request_is_an_error(site: Site, make: Make) -> None:
    site.misbehave("/odd", 304)
    with pytest.raises(FetchError, match="304"):
        make().get(site.url + "/odd")


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("identity", bytes),
     ("deflate", lambda data: zlib.compress(data)[2:-4])],
)  # fmt: skip
def test_packed_answers_are_unpacked(
    site: Site, make: Make, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    body = "Ladesäulen – 400 neue. ".encode() * 9000
    site.serve("/packed", pack(body), Content_Encoding=encoding)
    assert make().get(site.url + "/packed").body == body


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_bomb_is_stopped_at_the_cap(site: Site, make: Make, encoding: str) -> None:
    huge = bytes(80_000_000)
    bomb = gzip.compress(huge, 9) if encoding == "gzip" else brotli.compress(huge, quality=1)
    assert len(bomb) < 200_000
    site.serve("/bomb", bomb, Content_Encoding=encoding)
    with pytest.raises(FetchError, match="more than 10 MB"):
        make().get(site.url + "/bomb")


def test_large_plain_answer_is_stopped_at_the_cap(site: Site, make: Make) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send_response(200)
        exchange.end_headers()
        for _ in range(1000):
            exchange.wfile.write(bytes(1000))

    site.handlers["/endless"] = endless
    with pytest.raises(FetchError, match="more than"):
        make(max_bytes=50_000).get(site.url + "/endless")


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_truncated_packing_is_an_error(site: Site, make: Make, encoding: str) -> None:
    text = b"".join(b"%d charging stations. " % number for number in range(9999))
    whole = gzip.compress(text) if encoding == "gzip" else brotli.compress(text)
    site.serve("/cut", whole[: len(whole) // 2], Content_Encoding=encoding)
    with pytest.raises(FetchError, match="broken or cut off"):
        make().get(site.url + "/cut")


def test_answer_shorter_than_it_says_is_an_error(site: Site, make: Make) -> None:
    site.misbehave("/short", 200, b"half", Content_Length="9", Connection="close")
    with pytest.raises(FetchError, match="no usable answer"):
        make().get(site.url + "/short")


def test_slow_drip_ends_at_the_deadline(site: Site, make: Make) -> None:
    site.drip("/drip", 0.05)
    fetcher = make(deadline=0.3)
    with pytest.raises(FetchError, match="in time"):
        fetcher.get(site.url + "/drip")
    assert fetcher.state(site.url).waiting(NOW)


def test_retry_after_is_obeyed_and_ends(site: Site, make: Make) -> None:
    site.in_turn("/feed", [lambda x: x.reply(429, Retry_After="120"), lambda x: x.reply(200, b"b")])
    now = [NOW]
    fetcher = make(now=lambda: now[0])
    with pytest.raises(FetchError, match="429"):
        fetcher.get(site.url + "/feed")
    now[0] += timedelta(seconds=119)
    with pytest.raises(Resting, match="left alone until 2026-03-10 12:02 UTC"):
        fetcher.get(site.url + "/ok")
    assert len(site.hits) == 1
    now[0] += timedelta(seconds=2)
    assert fetcher.get(site.url + "/feed").body == b"b"
    assert fetcher.state(site.url).failures == 0


def test_500_then_fine_succeeds_at_once(site: Site, make: Make) -> None:
    site.in_turn("/x", [lambda x: x.reply(500), lambda x: x.reply(200, b"b")])
    fetcher = make()
    assert fetcher.get(site.url + "/x").body == b"b"
    assert fetcher.state(site.url).failures == 0


def test_back_off_doubles_and_survives_in_the_host_state(site: Site, make: Make) -> None:
    site.misbehave("/down", 500)
    now, hosts, waits = [NOW], {}, []
    for _ in range(4):
        fetcher = make(now=lambda: now[0], hosts=hosts)  # as a new run would
        with pytest.raises(FetchError, match="500"):
            fetcher.get(site.url + "/down")
        until = fetcher.state(site.url).wait_until
        assert until
        waits.append((until - now[0]).total_seconds())
        now[0] = until
    assert waits == [60, 120, 240, 480]
    assert len(site.hits) == 8  # each try once more at once, and nothing between the tries


@pytest.mark.parametrize(
    ("status", "words"), [(410, "gone for good"), (404, "not available"), (403, "403")]
)
def test_refusals_are_errors_without_back_off(
    site: Site, make: Make, status: int, words: str
) -> None:
    site.misbehave("/x", status)
    fetcher = make()
    with pytest.raises(FetchError, match=words) as caught:
        fetcher.get(site.url + "/x")
    assert caught.value.status == status
    assert fetcher.get(site.url + "/ok").body == b"fine"


def test_permanent_redirects_are_remembered_temporary_ones_not(site: Site, make: Make) -> None:
    site.misbehave("/a", 301, Location="/b")
    site.misbehave("/b", 308, Location="/c")
    site.misbehave("/c", 302, Location="/ok")
    reply = make().get(site.url + "/a")
    assert (reply.body, reply.url, reply.moved) == (b"fine", site.url + "/ok", site.url + "/c")
    assert make().get(site.url + "/c").moved is None


def test_redirect_circle_and_long_chain_end(site: Site, make: Make) -> None:
    site.misbehave("/round", 302, Location="/about")
    site.misbehave("/about", 302, Location="/round")
    with pytest.raises(FetchError, match="circle"):
        make().get(site.url + "/round")
    for number in range(7):
        site.misbehave(f"/{number}", 302, Location=f"/{number + 1}")
    with pytest.raises(FetchError, match="more than 5 redirects"):
        make().get(site.url + "/0")
    site.serve("/6", "end")
    assert make().get(site.url + "/1").body == b"end"  # five are fine


def test_robots_closes_a_page_but_not_a_feed(site: Site, make: Make) -> None:
    site.serve(
        "/robots.txt", "User-agent: *\nDisallow: /private\n\nUser-agent: EVNewsChat\nDisallow: /o\n"
    )
    fetcher = make()
    with pytest.raises(RefusedAddress, match="robots"):
        fetcher.get(site.url + "/ok", robots=True)
    assert fetcher.get(site.url + "/ok").body == b"fine"
    assert site.hits == ["/robots.txt", "/ok"]


def test_robots_is_read_once_a_day_and_obeyed_on_redirects(site: Site, make: Make) -> None:
    site.serve("/robots.txt", "User-agent: *\nDisallow: /closed")
    site.misbehave("/open", 302, Location="/closed")
    fetcher = make()
    with pytest.raises(RefusedAddress, match="robots"):
        fetcher.get(site.url + "/open", robots=True)
    fetcher.get(site.url + "/ok", robots=True)
    assert site.hits.count("/robots.txt") == 1
    assert "/closed" not in site.hits
    tomorrow = make(now=lambda: NOW + timedelta(days=1, minutes=1), hosts=fetcher.hosts)
    tomorrow.get(site.url + "/ok", robots=True)
    assert site.hits.count("/robots.txt") == 2


def test_no_robots_opens_a_host_and_a_failing_one_closes_it(site: Site, make: Make) -> None:
    assert make().get(site.url + "/ok", robots=True).body == b"fine"
    site.misbehave("/robots.txt", 503)
    with pytest.raises(FetchError):
        make().get(site.url + "/ok", robots=True)
    assert site.hits.count("/ok") == 1


def test_one_request_at_a_time_per_host(site: Site, make: Make) -> None:
    gate = threading.Event()

    def slow(exchange: Exchange) -> None:
        gate.wait(0.02)
        exchange.reply(200, b"x")

    for number in range(6):
        site.handlers[f"/{number}"] = slow
    fetcher = make()
    threads = [threading.Thread(target=fetcher.get, args=(f"{site.url}/{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(site.hits) == 6
    assert site.most_busy == 1


def test_pause_between_requests_and_crawl_delay(site: Site, make: Make) -> None:
    pauses: list[float] = []
    fetcher = make(pause=5.0, sleep=pauses.append)
    fetcher.get(site.url + "/ok")
    fetcher.get(site.url + "/ok")
    assert len(pauses) == 1
    assert 4 < pauses[0] <= 5
    site.serve("/robots.txt", "User-agent: *\nCrawl-delay: 20")
    fetcher.get(site.url + "/ok", robots=True)
    assert 19 < pauses[-1] <= 20


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("Tue, 10 Mar 2026 12:05:00 GMT", 300), ("soon", None), ("", None), (None, None),
     ("-5", None), ("9" * 400, 10**8)],
)  # fmt: skip
def test_retry_after_is_read(value: str | None, seconds: int | None) -> None:
    found = retry_after(value, NOW)
    assert (found.total_seconds() if found else None) == seconds


def test_no_host_is_shut_out_for_more_than_a_week() -> None:
    state = HostState("h").failed(NOW, "busy", timedelta(days=400))
    assert state.waiting(NOW + timedelta(days=6))
    assert not state.waiting(NOW + timedelta(days=8))
    # Nor after the clock was set back by years.
    assert not state.waiting(NOW - timedelta(days=800))


def test_connection_refused_is_one_line(make: Make) -> None:
    with running() as gone:
        url = gone.url
    with pytest.raises(FetchError, match="no usable answer") as caught:
        make().get(url + "/")
    assert "\n" not in str(caught.value)


def test_gzip_of_several_members_is_read_whole(site: Site, make: Make) -> None:
    site.serve("/two", packed("one ") + packed("two"), Content_Encoding="gzip")
    assert make().get(site.url + "/two").body == b"one two"
