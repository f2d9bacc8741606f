"""The named endpoints for programs: `ask`, `search`, `timeline`; with MCP the same as tools.

Everything else that the page does is private.
"""

from contextlib import nullcontext
from typing import Any

import gradio as gr
from gradio.events import api

from app.lanes import lane
from app.page_timeline import find_events
from app.wiring import AT_ONCE
from corpus.errors import NewsError
from rag import NewsChat
from rag.wire import answer_to_json, event_to_json, passage_to_json

MOST_PASSAGES = 100


def add_api(chat: NewsChat) -> None:
    """Add the endpoints to the Blocks that are being built."""

    def ask(
        question: str,
        history: list[str] | None = None,
        as_of: str | None = None,
        after: str | None = None,
        before: str | None = None,
        sources: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question about the electric-vehicle industry with quotes from dated articles.

        Every sentence of the answer carries a citation: a verbatim quote with publisher and day.
        When the library does not hold the answer, `answered` is false and `reason` says why.

        Args:
            question: The question, in English, at most 2,000 characters.
            history: The earlier questions of the conversation, oldest first.
            as_of: A day, YYYY-MM-DD. Nothing that was published later is used.
            after: Only news from this day on, YYYY-MM-DD.
            before: Only news up to this day, YYYY-MM-DD.
            sources: Only these publishers.
        """
        try:
            # With a chat model the call mostly waits for it: that needs no lane.
            with nullcontext() if chat.settings.llm else lane():
                answer = chat.ask(
                    question, history or (), as_of or None, after or None, before or None, sources
                )
        except NewsError as error:
            raise _refused(error) from error
        return answer_to_json(answer)

    def search(
        query: str,
        limit: int = 10,
        as_of: str | None = None,
        after: str | None = None,
        before: str | None = None,
        sources: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Find the passages of the news library that fit a query best, without answering.

        Args:
            query: What to look for.
            limit: Most passages, 1 to 100.
            as_of: A day, YYYY-MM-DD. Nothing that was published later is used.
            after: Only news from this day on, YYYY-MM-DD.
            before: Only news up to this day, YYYY-MM-DD.
            sources: Only these publishers.
        """
        try:
            most = max(1, min(int(limit), MOST_PASSAGES))
            with lane():
                found = chat.search(
                    query, most, as_of or None, after or None, before or None, sources
                )
        except NewsError as error:
            raise _refused(error) from error
        return [passage_to_json(passage) for passage in found]

    def timeline(
        topic: str, after: str | None = None, before: str | None = None, as_of: str | None = None
    ) -> list[dict[str, Any]]:
        """List what happened around a topic, in order of time, each event with its quote.

        Args:
            topic: A company, a model, a plan, a place.
            after: Only events from this day on, YYYY-MM-DD.
            before: Only events up to this day, YYYY-MM-DD.
            as_of: A day, YYYY-MM-DD. Nothing that was published later is used.
        """
        try:
            found = find_events(chat, topic, after, before, as_of)
        except NewsError as error:
            raise _refused(error) from error
        return [event_to_json(event) for event in found]

    for function in (ask, search, timeline):
        api(
            function,
            api_name=function.__name__,
            concurrency_limit=AT_ONCE,
            concurrency_id="ask",
        )


def _refused(error: NewsError) -> gr.Error:
    """Our own errors reach the caller as their one line; nothing else of ours does."""
    return gr.Error(str(error), print_exception=False)
