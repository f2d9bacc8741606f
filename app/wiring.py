"""How the page's parts are wired: private events, and actions that its script starts."""

import json
from typing import Any

import gradio as gr

# Only what `api.py` names can be called by programs.
Private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
AT_ONCE = 20  # people who can be answered at the same time


def block(value: str = "", elem_id: str | None = None) -> gr.HTML:
    """A piece of our own HTML, without Gradio's styles for it and without scripts of its own."""
    return gr.HTML(value, elem_id=elem_id, js_on_load=None, apply_default_css=False, min_width=0)


def day_box(label: str, elem_id: str) -> gr.Textbox:
    """A box for a day; the page's script gives it the browser's own date picker."""
    return gr.Textbox(
        label=label, elem_id=elem_id, elem_classes="ev-day", placeholder="YYYY-MM-DD",
        max_lines=1, min_width=152,
    )  # fmt: skip


class Actions:
    """Actions that the page's script starts: each is a button that nobody sees.

    They are drawn together outside the tabs, because a tab that was never opened is not there
    to be pressed in. `slot` is where a handler gets what the script has for it.
    """

    def __init__(self) -> None:
        self.slot = gr.Textbox(visible=False)
        self._buttons: list[gr.Button] = []

    def add(self, do: str, handler: Any, outputs: Any) -> Any:
        """Wire an action; returns the event, so that more can follow it."""
        button = gr.Button(do, elem_id=f"do-{do}", visible="hidden", render=False)
        self._buttons.append(button)
        return button.click(
            handler, [self.slot], outputs, js=f"() => [window.evnews.take('{do}')]",
            trigger_mode="multiple", concurrency_limit=AT_ONCE, **Private,
        )  # fmt: skip

    def render(self) -> None:
        """Put the buttons on the page."""
        for button in self._buttons:
            button.render()  # type: ignore[no-untyped-call]


def read_packet(packet: str) -> dict[str, Any]:
    """What the page's script sent with an action; {} when it is no object."""
    try:
        found = json.loads(packet)
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
