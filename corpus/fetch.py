"""Polite and safe HTTP: one address in, one `Reply` or one clear error out.

Polite: conditional requests, a pause between requests to one host and one at a time,
`Retry-After`, back-off kept in `HostState`, robots.txt for pages, an honest user agent, no
cookies. Safe: addresses are checked at every hop and at the connection (`wire.py`), at most five
redirects, a cap on what is read after unpacking, a deadline on the whole answer.
"""

import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self
from urllib.parse import urlsplit

import httpx

from corpus.address import check_url, join
from corpus.errors import FetchError, RefusedAddress
from corpus.hosts import HostState, Resting
from corpus.reply import Miss, Reply, read_answer
from corpus.robots import MAX_BYTES as ROBOTS_BYTES
from corpus.wire import ACCEPT_ENCODING, CheckedBackend, CheckedTransport

AGENT = "EVNewsChat"
MAX_BYTES = 10_000_000
MAX_REDIRECTS = 5
MAX_CRAWL_DELAY = 30.0  # seconds; a robots.txt that asks for more gets this
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, "
    "application/xhtml+xml;q=0.9, application/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)


def user_agent(contact: str | None = None) -> str:
    """Say honestly who asks: `EVNewsChat/0.1 (news reader of one user; contact)`."""
    return f"{AGENT}/0.1 (news reader of one user; {contact or 'no contact given'})"


def host_of(url: str) -> str:
    """`host` or `host:port` of an address, in lower case; "" where it is no address."""
    return urlsplit(join("", url)).netloc.lower()


class Fetcher:
    """Holds the HTTP client and what is known of each host. Close it, or use it as a context.

    Args:
        allow_private: let loopback and private networks be asked (an intranet).
        contact: address or e-mail that the user agent shows to publishers.
        pause: seconds between two requests to one host.
        deadline: seconds that one answer may take in all.
        hosts: what is known of each host, by `host_of`; changed in place.
        now, sleep: the clock, for tests.
        backend: makes the connections; built from `allow_private` and `deadline` by default.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        contact: str | None = None,
        pause: float = 1.0,
        deadline: float = 60.0,
        max_bytes: int = MAX_BYTES,
        hosts: MutableMapping[str, HostState] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        backend: CheckedBackend | None = None,
    ) -> None:
        self.hosts: MutableMapping[str, HostState] = {} if hosts is None else hosts
        self._allow_private = allow_private
        self._pause = pause
        self._max_bytes = max_bytes
        self._now = now
        self._sleep = sleep
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._last: dict[str, float] = {}
        backend = backend or CheckedBackend(allow_private=allow_private, deadline=deadline)
        self._client = httpx.Client(
            transport=CheckedTransport(backend),
            trust_env=False,  # no proxy and no .netrc: both would go past the address check
            follow_redirects=False,
            timeout=httpx.Timeout(min(20.0, deadline), connect=min(10.0, deadline)),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={
                "User-Agent": user_agent(contact),
                "Accept": ACCEPT,
                "Accept-Encoding": ACCEPT_ENCODING,
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def state(self, url: str) -> HostState:
        """What is known of the host of `url`."""
        host = host_of(url)
        return self.hosts.get(host) or HostState(host)

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        robots: bool = False,
        max_bytes: int | None = None,
    ) -> Reply:
        """Ask for `url`, following at most five redirects.

        `etag` and `last_modified` make the request conditional; with `robots` the robots.txt of
        every host on the way is obeyed.

        Raises:
            RefusedAddress: a private or otherwise closed address, or robots.txt says no.
            Resting: the host failed lately, or asked to be left alone.
            FetchError: everything else; `status` is set when there was an answer.
        """
        conditions = {"If-None-Match": etag or "", "If-Modified-Since": last_modified or ""}
        headers = {name: value for name, value in conditions.items() if value}
        cap = max_bytes or self._max_bytes
        at, moved, permanent, seen = url, None, True, {url}
        for _ in range(MAX_REDIRECTS + 1):
            check_url(at, allow_private=self._allow_private)
            if robots:
                self._obey_robots(at)
            answer = self._ask(at, headers, cap)
            if isinstance(answer, Reply):
                return replace(answer, asked=url, moved=moved)
            status, target = answer
            # A target that is no address stays as it is: `check_url` names it.
            at = (join(at, target) or target).partition("#")[0]
            permanent = permanent and status in (301, 308)
            moved = at if permanent else moved
            if at in seen:
                raise FetchError(f"{url}: redirects in a circle", url, status)
            seen.add(at)
        raise FetchError(f"{url}: more than {MAX_REDIRECTS} redirects", url, 310)

    def _ask(self, url: str, headers: dict[str, str], cap: int) -> Reply | tuple[int, str]:
        """One hop, once more after a stumble: a reply, or (status, location) of a redirect."""
        with self._turn(url):
            try:
                try:
                    answer = self._send(url, headers, cap)
                except Miss as miss:
                    if not miss.again:
                        raise
                    self._wait(url)
                    answer = self._send(url, headers, cap)
            except Miss as miss:
                why = str(miss.error)
                self.hosts[host_of(url)] = self.state(url).failed(self._now(), why, miss.wait)
                raise miss.error from None
            if self.state(url).failures:
                self.hosts[host_of(url)] = self.state(url).succeeded()
            return answer

    def _lock(self, name: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(name, threading.Lock())

    @contextmanager
    def _turn(self, url: str) -> Iterator[None]:
        """Wait for the turn at the host of `url`, unless it is to be left alone."""
        host = host_of(url)
        with self._lock(host):
            state = self.state(url)
            if state.wait_until is not None and state.waiting(self._now()):
                until = state.wait_until.strftime("%Y-%m-%d %H:%M")
                raise Resting(f"{host} is left alone until {until} UTC: {state.why}", url)
            self._wait(url)
            yield

    def _wait(self, url: str) -> None:
        """Keep the pause since the last request to the host."""
        host = host_of(url)
        state = self.state(url)
        delay = state.rules(AGENT).delay if state.robots else None
        pause = max(self._pause, min(delay or 0.0, MAX_CRAWL_DELAY))
        left = self._last.get(host, float("-inf")) + pause - time.monotonic()
        if left > 0:
            self._sleep(left)

    def _send(self, url: str, headers: dict[str, str], cap: int) -> Reply | tuple[int, str]:
        """Send one request and read its answer."""
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                return read_answer(url, response, cap, self._now(), conditional=bool(headers))
        except httpx.TimeoutException:
            raise Miss(FetchError(f"{url}: no full answer in time", url)) from None
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL) as error:
            raise RefusedAddress(f"{url}: not a valid address ({error})", url) from None
        except (httpx.TransportError, UnicodeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise Miss(FetchError(f"{url}: no usable answer ({reason})", url), again=True) from None
        finally:
            self._last[host_of(url)] = time.monotonic()

    def _obey_robots(self, url: str) -> None:
        """Raise RefusedAddress when robots.txt closes `url` (RFC 9309, 2.3)."""
        now, parts = self._now(), urlsplit(url)
        # Its own lock: reading it takes a turn at the host.
        with self._lock(f"robots of {host_of(url)}"):
            if not self.state(url).robots_fresh(now):
                text = self._robots_text(f"{parts.scheme}://{parts.netloc}/robots.txt")
                self.hosts[host_of(url)] = replace(self.state(url), robots=text, robots_read=now)
        if not self.state(url).rules(AGENT).allows(url):
            raise RefusedAddress(
                f"{url}: the publisher's robots.txt asks programs not to read it", url
            )

    def _robots_text(self, url: str) -> str:
        """robots.txt, or nothing when there is none; an unreachable one closes the host."""
        try:
            reply = self.get(url, max_bytes=ROBOTS_BYTES)
        except FetchError as error:
            if not isinstance(error, RefusedAddress) and error.status and error.status < 500:
                if error.status == 200:  # too large or unreadable: better not to guess
                    return "User-agent: *\nDisallow: /"
                if error.status not in (408, 425, 429):
                    return ""
            raise
        return reply.body.decode("utf-8", "replace")
