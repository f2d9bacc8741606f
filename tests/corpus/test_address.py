"""Addresses that must not be asked, tried against a real server on loopback."""

from collections.abc import Iterator

import pytest
from server import PUBLIC, Dial, Site, running

from corpus.address import check_ip, check_url
from corpus.errors import FetchError, RefusedAddress
from corpus.fetch import Fetcher
from corpus.wire import CheckedBackend

# Each leads to this machine, to a private network, to a cloud's metadata, or is no web address.
# {port} is a port of loopback where a server is listening.
FORBIDDEN = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://127.8.9.10:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0x7F.1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.0.0.01:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://[fc00::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "http://127.0.0.1:{port}/",
    "http://10.0.0.8/",
    "http://172.16.5.4/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://192.0.2.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/latest/",
    "http://2852039166/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://[fd00:ec2::254]/latest/",
    "http://168.63.129.16/",
    "http://100.100.100.200/",
    "http://user:secret@127.0.0.1:{port}/",
    "http://news.example@127.0.0.1:{port}/",
    "http://news.example\\@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\.news.example/",
    "http://127.0.0.1:{port}\n.news.example/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:99999/",
    "http:///path",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:{port}/_",
    "data:text/html,hello",
    "javascript:alert(1)",
    "//127.0.0.1:{port}/",
    "",
]


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as site:
        site.serve("/", "inside")
        yield site


@pytest.mark.parametrize("address", FORBIDDEN)
def test_forbidden_address_is_refused_in_one_line_and_never_asked(site: Site, address: str) -> None:
    url = address.format(port=site.port)
    with Fetcher(pause=0) as fetcher, pytest.raises(RefusedAddress) as caught:
        fetcher.get(url)
    assert site.hits == []
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("answer", ["127.0.0.1", "::1", "10.0.0.5", "169.254.169.254", "0.0.0.0"])
def test_name_that_resolves_to_the_inside_is_refused(site: Site, answer: str) -> None:
    backend = CheckedBackend(resolve=lambda host, port: [answer])
    with Fetcher(pause=0, backend=backend) as fetcher, pytest.raises(RefusedAddress):
        fetcher.get(f"http://news.example:{site.port}/")
    assert site.hits == []


def test_one_private_address_among_public_ones_refuses_the_name(site: Site) -> None:
    backend = CheckedBackend(resolve=lambda host, port: [PUBLIC, "127.0.0.1"], dial=Dial(site))
    with Fetcher(pause=0, backend=backend) as fetcher, pytest.raises(RefusedAddress):
        fetcher.get("http://news.example/")
    assert site.hits == []


def test_name_is_resolved_once_and_the_checked_address_is_dialled(site: Site) -> None:
    answers = [[PUBLIC], ["127.0.0.1"]]
    dial = Dial(site)
    backend = CheckedBackend(resolve=lambda host, port: answers.pop(0), dial=dial)
    with Fetcher(pause=0, backend=backend) as fetcher:
        assert fetcher.get("http://news.example/").body == b"inside"
        # The name now leads inside: the second connection is checked anew.
        with pytest.raises(RefusedAddress):
            fetcher.get("http://news.example/")
    assert dial.dialled == [PUBLIC]


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/inside", "http://[::ffff:127.0.0.1]:{port}/inside", "file:///etc/passwd",
     "http://inside.example:{port}/inside", "http://169.254.169.254/", "//2130706433:{port}/inside",
     "http://[bad/"],
)  # fmt: skip
def test_redirect_to_the_inside_is_refused(site: Site, target: str) -> None:
    names = {"news.example": [PUBLIC], "inside.example": ["127.0.0.1"]}
    site.misbehave("/start", 302, Location=target.format(port=site.port))
    backend = CheckedBackend(resolve=lambda host, port: names[host], dial=Dial(site))
    with Fetcher(pause=0, backend=backend) as fetcher, pytest.raises(RefusedAddress):
        fetcher.get("http://news.example/start")
    assert site.hits == ["/start"]


def test_allow_private_opens_intranets_but_never_metadata(site: Site) -> None:
    with Fetcher(pause=0, allow_private=True) as fetcher:
        assert fetcher.get(site.url + "/").body == b"inside"
        for address in ("http://169.254.169.254/", "http://[fe80::1]/", "http://0.0.0.0/"):
            with pytest.raises(RefusedAddress):
                fetcher.get(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_address_is_let_through(address: str) -> None:
    assert check_ip(address)


@pytest.mark.parametrize(
    "url", ["https://example.com/a?b=c", "http://bücher.example/", "http://1.1.1.1:8080/", "http://a-b.c_d.example"]
)  # fmt: skip
def test_ordinary_address_is_let_through(url: str) -> None:
    assert check_url(url).hostname


def test_unknown_name_is_a_plain_fetch_error() -> None:
    def nothing(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    backend = CheckedBackend(resolve=nothing)
    with (
        Fetcher(pause=0, backend=backend) as fetcher,
        pytest.raises(FetchError, match="no address is known for nowhere"),
    ):
        fetcher.get("http://nowhere.example/")
