"""Which addresses may be asked: the check on the text of a URL and on what its name resolves to.

Two checks, because either alone can be fooled. `check_url` reads the URL; `check_ip` reads an
address that a name resolved to, at the moment of connecting, so that a name that changes its
answer between check and connection gains nothing (`fetch.py` connects to the checked address).

Ranges follow the IANA special-purpose registries as `ipaddress` knows them, and the clouds'
metadata addresses, of which some are public by number.
"""

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, urljoin, urlsplit

from corpus.errors import RefusedAddress

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",  # AWS, Azure, Google, Oracle, DigitalOcean
        "169.254.170.2",  # AWS container credentials
        "168.63.129.16",  # Azure host; public by number
        "100.100.100.200",  # Alibaba
        "192.0.0.192",  # Oracle
        "fd00:ec2::254",  # AWS over IPv6
        "fd20:ce::254",  # Google over IPv6
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_NUMBER = re.compile(r"(?:0[xX][0-9a-fA-F]*|\d+)\Z")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")
_BAD = re.compile(r"[\s\\\x00-\x1f\x7f]")


def join(base: str, link: str) -> str:
    """`link` as an absolute address, seen from `base`; "" where it is none (`http://[x/`)."""
    try:
        found = urljoin(base, link)
        urlsplit(found)
    except ValueError:
        return ""
    return found


def check_url(url: str, *, allow_private: bool = False) -> SplitResult:
    """Split `url` after making sure that it may be asked at all.

    Refused: schemes other than http and https, credentials, blanks and backslashes, ports out
    of range, numbers in disguise (decimal, octal, hex or shortened IPv4 forms), and literal
    private addresses unless `allow_private`. Names are not resolved here.

    Raises:
        RefusedAddress: with one line that names the address and the reason.
    """
    shown = url if len(url) <= 200 else url[:200] + "..."
    if _BAD.search(url):
        raise RefusedAddress(f"{shown!r}: blanks and backslashes are not allowed", url)
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname
    except ValueError as error:
        raise RefusedAddress(f"{shown}: not a valid address ({error})", url) from None
    if parts.scheme not in ("http", "https"):
        raise RefusedAddress(f"{shown}: only http and https addresses are fetched", url)
    if "@" in parts.netloc:
        # Not echoed: the credentials would end up in a log.
        bare = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        raise RefusedAddress(f"{bare}: remove the user name and password from the address", bare)
    if not host:
        raise RefusedAddress(f"{shown}: the address has no host name", url)
    if port == 0:
        raise RefusedAddress(f"{shown}: port 0 can't be asked", url)
    if not allow_private and re.search(r"(?:^|\.)localhost\.?$", host):  # RFC 6761, 6.3
        raise RefusedAddress(f"{shown}: this machine; use --allow-private for an intranet", url)
    literal = _literal(host, shown, url)
    if literal is not None:
        check_ip(literal, host, allow_private=allow_private)
    return parts


def check_ip(address: str | IP, host: str = "", *, allow_private: bool = False) -> IP:
    """Return the address as an `ipaddress` object if it may be connected to.

    IPv4 addresses wrapped in IPv6 (mapped, compatible, 6to4, Teredo, NAT64) are judged by what
    they wrap. `allow_private` opens loopback and private networks, never metadata, link-local,
    multicast or unspecified addresses.

    Raises:
        RefusedAddress: with one line that names the host and the address.
    """
    ip = ipaddress.ip_address(address) if isinstance(address, str) else address
    name = f"{host} ({ip})" if host and host != str(ip) else str(ip)
    for inner in (ip, *_wrapped(ip)):
        if inner in _METADATA or inner.is_link_local:
            raise RefusedAddress(f"{name}: link-local and metadata addresses are never asked", host)
        if inner.is_unspecified or inner.is_multicast:
            raise RefusedAddress(f"{name}: not the address of a single machine", host)
        private = not inner.is_global or (inner.version == 6 and inner.is_site_local)
        if private and not allow_private and not (inner is ip and _is_wrapper(ip)):
            raise RefusedAddress(
                f"{name}: a private or reserved address; use --allow-private for an intranet", host
            )
    return ip


def _wrapped(ip: IP) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses inside an IPv6 address."""
    if ip.version == 4:
        return []
    found = [inner for inner in (ip.ipv4_mapped, ip.sixtofour) if inner is not None]
    found += list(ip.teredo or ())
    if ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 1):
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return found


def _is_wrapper(ip: IP) -> bool:
    """Whether only the wrapped address counts: mapped and NAT64 addresses reach that IPv4 host."""
    return ip.version == 6 and (ip.ipv4_mapped is not None or ip in _NAT64)


def _literal(host: str, shown: str, url: str) -> IP | None:
    """Parse `host` as an IP address in its plain form; None for a name."""
    if ":" in host:
        if "%" in host:
            raise RefusedAddress(f"{shown}: addresses with a zone are not asked", url)
        try:
            return ipaddress.IPv6Address(host)
        except ValueError:
            raise RefusedAddress(f"{shown}: not a valid IPv6 address", url) from None
    # NFKC turns full-width and circled digits into digits and odd full stops into dots, as the
    # resolver's own name preparation would.
    folded = unicodedata.normalize("NFKC", host).replace("。", ".")
    last = folded.rstrip(".").rpartition(".")[2]
    if _NUMBER.match(last):
        try:
            if folded != host:
                raise ValueError
            return ipaddress.IPv4Address(host)
        except ValueError:
            raise RefusedAddress(
                f"{shown}: write the IP address as four plain decimal numbers", url
            ) from None
    try:
        ascii_name = folded.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        ascii_name = ""
    if not ascii_name or not all(_LABEL.match(label) for label in ascii_name.split(".")):
        raise RefusedAddress(f"{shown}: not a valid host name", url)
    return None
