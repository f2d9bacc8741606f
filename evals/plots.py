"""Small plots as SVG text, coloured by the page's CSS so that they follow light and dark.

Every text is escaped; numbers are written with one decimal, so the same data gives the same bytes.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Estimates = Mapping[str, Mapping[str, Any]]
ROW = 26
HEIGHT = 330  # of a plot with two axes


def dots(rows: Sequence[tuple[str, Mapping[str, Any]]], width: int = 560) -> str:
    """One row each: a dot at the value with its interval as a line, on an axis from 0 to 1."""
    left, right = 130, 104
    height = ROW * len(rows) + 34
    span = width - left - right

    def x(value: float) -> float:
        return left + span * min(1.0, max(0.0, value))

    parts = [_grid(x, 8, height - 26)]
    for i, (name, found) in enumerate(rows):
        y = 8 + ROW * i + ROW / 2
        value, low, high = found["value"], found["low"], found["high"]
        parts += [
            _text(left - 10, y, name, "end"),
            f'<line class="range" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{y:.1f}" y2="{y:.1f}"/>',
            f'<circle class="dot" cx="{x(value):.1f}" cy="{y:.1f}" r="5"/>',
            _text(width - right + 16, y, f"{value:.2f}", "start", "value"),
            _text(width, y, f"n {found['n']}", "end", "faint"),
            _hover(0, y - ROW / 2, width, ROW, f"{name}: {value:.3f} ({low:.3f} – {high:.3f})"),
        ]
    return _svg(width, height, parts, "Value by category with interval")


def bars(rows: Sequence[tuple[str, float, str, str]], width: int = 560, left: int = 208) -> str:
    """Horizontal bars: name, length, label, and an address within the page ("" for none).

    A name that begins with a space is a part of the bar above: its bar is pale.
    """
    height = ROW * len(rows) + 8
    top = max((length for _, length, _, _ in rows), default=1.0) or 1.0
    span = width - left - 90
    parts = []
    for i, (name, length, label, link) in enumerate(rows):
        y = 4 + ROW * i
        long = max(1.0, span * length / top) if length else 0.0
        part = name.startswith(" ")
        row = [
            _text(left - 10, y + ROW / 2, name.strip(), "end", "faint" if part else "label"),
            f'<rect class="bar{" pale" if part else ""}" x="{left}" y="{y + 4}"'
            f' width="{long:.1f}" height="{ROW - 8}" rx="3"/>',
            _text(left + long + 8, y + ROW / 2, label, "start", "faint" if part else "value"),
        ]
        if link:
            row = [f'<a href="#{escape(link)}">', _hover(0, y, width, ROW, name), *row, "</a>"]
        parts += row
    return _svg(width, height, parts, "Bars")


def ranges(rows: Sequence[tuple[str, float, float]], unit: str, width: int = 560) -> str:
    """Two bars on each other: p50 solid, p95 pale behind it."""
    height = ROW * len(rows) + 8
    left = 90
    top = max((high for _, _, high in rows), default=1.0) or 1.0
    span = width - left - 170
    parts = []
    for i, (name, low, high) in enumerate(rows):
        y = 4 + ROW * i
        long, short = (max(1.0, span * v / top) for v in (high, low))
        parts += [
            _text(left - 10, y + ROW / 2, name, "end"),
            f'<rect class="bar pale" x="{left}" y="{y + 4}" width="{long:.1f}"'
            f' height="{ROW - 8}" rx="3"/>',
            f'<rect class="bar" x="{left}" y="{y + 4}" width="{short:.1f}"'
            f' height="{ROW - 8}" rx="3"/>',
            _text(left + long + 8, y + ROW / 2, f"{_round(low)} / {_round(high)} {unit}", "start"),
        ]
    return _svg(width, height, parts, "p50 and p95")


def calibration(bins: Sequence[Mapping[str, Any]], width: int = 560) -> str:
    """Foretold chance (across) against the share that could be answered (up), with intervals.

    A dot's size goes with its number of questions; on the diagonal every chance is true.
    """
    box = _Box(width, HEIGHT)
    largest = max((b["answerable"]["n"] for b in bins), default=1)
    parts = [box.frame("p_answered", "share that has an answer"), box.diagonal()]
    points = [(b["p"], b["answerable"]["value"]) for b in bins]
    parts.append(box.path(points, "curve"))
    for b in bins:
        found = b["answerable"]
        x, y = box.x(b["p"]), box.y(found["value"])
        parts += [
            f'<line class="range" x1="{x:.1f}" x2="{x:.1f}" y1="{box.y(found["low"]):.1f}"'
            f' y2="{box.y(found["high"]):.1f}"/>',
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}"'
            f' r="{3 + 6 * (found["n"] / largest) ** 0.5:.1f}">'
            f"<title>{found['n']} questions around {b['p']:.2f}: {found['value']:.2f} have an"
            " answer</title></circle>",
        ]
    return _svg(width, HEIGHT, parts, "Calibration of p_answered")


def curves(
    lines: Sequence[tuple[str, str, Sequence[tuple[float, float]]]],
    across: str,
    up: str,
    *,
    top: float = 1.0,
    mark: tuple[float, str] | None = None,
    width: int = 560,
) -> str:
    """Lines `(name, css class, points)` over an axis from 0 to `top`; `mark` is a vertical line."""
    box = _Box(width, HEIGHT, top)
    parts = [box.frame(across, up)]
    if mark:
        x = box.x(mark[0])
        parts += [
            f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{box.top}" y2="{box.bottom}"/>',
            _text(x + 5, box.top + 8, mark[1], "start", "faint"),
        ]
    for i, (name, kind, points) in enumerate(lines):
        parts += [
            box.path(points, f"curve {kind}"),
            f'<circle class="dot {kind}" cx="{box.right - 148}" cy="{box.bottom - 14 - 18 * i}"'
            ' r="4"/>',
            _text(box.right - 138, box.bottom - 14 - 18 * i, name, "start"),
        ]
    return _svg(width, HEIGHT, parts, f"{up} by {across}")


class _Box:
    """A plot area: across 0 to `most`, up 0 to 1."""

    def __init__(self, width: int, height: int, most: float = 1.0) -> None:
        self.left, self.right, self.top, self.bottom = 48, width - 12, 10, height - 44
        self._most = most

    def x(self, value: float) -> float:
        """Where `value` lies across."""
        return self.left + (self.right - self.left) * value / self._most

    def y(self, value: float) -> float:
        """Where `value` lies up."""
        return self.bottom - (self.bottom - self.top) * value

    def frame(self, across: str, up: str) -> str:
        """Grid, scales and names of both axes."""
        parts = []
        for step in range(0, 11, 2):
            share = step / 10
            x, y = self.x(share * self._most), self.y(share)
            label = f"{share:.1f}" if self._most == 1 else f"{share * self._most:.0f}"
            parts += [
                f'<line class="grid" x1="{self.left}" x2="{self.right}" y1="{y:.1f}"'
                f' y2="{y:.1f}"/>',
                _text(self.left - 8, y, f"{share:.1f}", "end", "faint"),
                _text(x, self.bottom + 14, label, "middle", "faint"),
            ]
        middle = (self.top + self.bottom) / 2
        parts += [
            _text((self.left + self.right) / 2, self.bottom + 34, across, "middle"),
            f'<text class="label" text-anchor="middle" transform="translate(12 {middle:.1f})'
            f' rotate(-90)">{escape(up)}</text>',
        ]
        return "".join(parts)

    def diagonal(self) -> str:
        """Where foretold and true are the same."""
        return (
            f'<line class="mark" x1="{self.left}" y1="{self.bottom}" x2="{self.right}"'
            f' y2="{self.top}"/>'
        )

    def path(self, points: Sequence[tuple[float, float]], kind: str) -> str:
        """A line through the points."""
        steps = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        return f'<polyline class="{kind}" points="{steps}"/>'


def _grid(x: Any, top: float, bottom: float) -> str:
    parts = []
    for step in range(0, 11, 2):
        at = x(step / 10)
        parts += [
            f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{top}" y2="{bottom}"/>',
            _text(at, bottom + 14, f"{step / 10:.1f}", "middle", "faint"),
        ]
    return "".join(parts)


def _svg(width: int, height: float, parts: Sequence[str], name: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height:g}" role="img" aria-label="{escape(name)}">'
        + "".join(parts)
        + "</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" dy=".33em" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _hover(x: float, y: float, width: float, height: float, text: str) -> str:
    return (
        f'<rect class="hover" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
        f"<title>{escape(text)}</title></rect>"
    )


def _round(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
