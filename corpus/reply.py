"""What an address answered: a `Reply`, a redirect, or why there is nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from corpus.errors import FetchError
from corpus.hosts import retry_after
from corpus.wire import unpack


@dataclass(frozen=True, slots=True)
class Reply:
    """What an address gave.

    `url` is where the answer came from in the end; `moved` the address that permanent redirects
    (301, 308) lead to, to be used from now on; `status` 200 or 304 (then `body` is empty).
    """

    url: str
    asked: str
    status: int
    body: bytes
    content_type: str
    etag: str | None
    last_modified: str | None
    moved: str | None


class Miss(Exception):
    """A failure of the host: worth one more try at once (`again`), or a rest of `wait`."""

    def __init__(
        self, error: FetchError, *, again: bool = False, wait: timedelta | None = None
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.again = again
        self.wait = wait


def read_answer(
    url: str, response: httpx.Response, cap: int, now: datetime, *, conditional: bool
) -> Reply | tuple[int, str]:
    """Sort an answer by its status and read the body of a good one, at most `cap` bytes.

    Returns a `Reply`, or (status, location) of a redirect.

    Raises:
        Miss: the host is in trouble (5xx) or asks for a rest (429, 503).
        FetchError: this address gives nothing (404, 410, too large, broken packing).
    """
    status, found = response.status_code, response.headers
    if status in (301, 302, 303, 307, 308):
        if not found.get("location"):
            raise FetchError(f"{url}: a redirect without a target", url, status)
        return status, found["location"]
    if status in (429, 503):
        wait = retry_after(found.get("retry-after"), now)
        raise Miss(
            FetchError(f"{url}: asks us to come back later ({status})", url, status), wait=wait
        )
    if status >= 500:
        raise Miss(FetchError(f"{url}: the server failed ({status})", url, status), again=True)
    if status == 410:
        raise FetchError(f"{url}: gone for good (410)", url, status)
    if status not in (200, 203) and not (status == 304 and conditional):
        raise FetchError(f"{url}: not available ({status})", url, status)
    length = found.get("content-length", "")
    if status != 304 and length.isascii() and length.isdigit() and int(length[:18]) > cap:
        raise FetchError(f"{url}: more than {cap / 1e6:g} MB; not read", url, 200)
    encoding = found.get("content-encoding", "")
    body = b"" if status == 304 else unpack(response.iter_raw(), encoding, cap, url)
    etag, modified = found.get("etag", "")[:1000], found.get("last-modified", "")[:100]
    kind = found.get("content-type", "")[:200]
    code = 304 if status == 304 else 200
    return Reply(url, url, code, body, kind, etag or None, modified or None, None)
