"""Plotly charts. Text of others is escaped: Plotly reads a little HTML in its labels.

The charts' colours of text and lines come from the style sheet, so that they follow light and
dark; only the marks are coloured here, in a tone that stands out on both.
"""

from collections import Counter
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from app.safe import day, esc
from rag.types import Event

TONE = "#2f8f83"
EDGE = "#8a8476"
HEIGHT = 150  # pixels; the style sheet keeps this room free until the chart is drawn


def timeline_chart(events: Sequence[Event]) -> Any:
    """Events on a line of time; those of one month are stacked."""
    months: Counter[str] = Counter()
    heights = []
    for event in events:
        key = event.day.isoformat()[:7]
        months[key] += 1
        heights.append(months[key])
    figure = go.Figure(
        go.Scatter(
            x=[event.day.isoformat() for event in events],
            y=heights,
            mode="markers",
            marker={"size": 11, "color": TONE, "line": {"width": 0}},
            text=[
                f"<b>{day(event.day)}</b><br>"
                + "<br>".join(esc(w) for w in wrap(event.text, 60)[:5])
                for event in events
            ],
            hoverinfo="text",
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [0] * len(heights),
                "arrayminus": heights,
                "thickness": 1,
                "width": 0,
                "color": EDGE,
            },
        )
    )
    top = max(heights) + 0.8
    _plain(figure, HEIGHT)
    figure.update_yaxes(visible=False, range=[0, top])
    return figure


def _plain(figure: Any, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": 34, "r": 34, "t": 8, "b": 28},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "Source Sans EV, Segoe UI, sans-serif", "size": 13},
        showlegend=False,
        dragmode=False,
        hoverlabel={"align": "left"},
        template="none",
    )
    figure.update_xaxes(
        type="date",
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        showline=True,
        linecolor=EDGE,
        ticks="outside",
        tickcolor=EDGE,
    )
    figure.update_yaxes(fixedrange=True)
