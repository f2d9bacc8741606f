"""Evidence -> prompt -> chat model -> sentences, each checked before it counts.

`prompt | ask | parse | check` is one chain of Runnables, so one trace shows all of it. It runs
in a thread of its own: the caller can stop it, and a time limit holds whatever the model does.
"""

import queue
import threading
from collections.abc import Generator, Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import date
from time import monotonic
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig, RunnableGenerator, RunnableLambda

from corpus.errors import NewsError
from rag.answer import content
from rag.ground import Meaning
from rag.judge import Written, claim, judge, refuses
from rag.model import one_line
from rag.parse import Parser, Sentence
from rag.prompt import build, choose
from rag.settings import Settings
from rag.tokens import count
from rag.types import Query, Span

MOST_SENTENCES = 12
MOST_REPEATS = 2  # a small model that repeats itself will go on doing so
TICK = 0.1  # seconds between looks at `stop` and the clock

STOPPED = "stopped"

__all__ = ["STOPPED", "Summary", "Written", "write"]


@dataclass(frozen=True, slots=True)
class Summary:
    """How the writing went; always the last item, and the only one of its kind.

    `error` is None or one line without keys; with an error, or nothing `shown`, the quotes are
    the answer. `refused`: the model said that the evidence doesn't answer, and nothing else.
    Tokens are the model's own count; `counted` tells that they are ours (cl100k_base) instead.
    `first_s` is the time to the first sentence shown, None if there is none; times in seconds.
    """

    shown: int = 0
    dropped: int = 0
    refused: bool = False
    error: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    counted: bool = False
    first_s: float | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class _Run:
    """What one answer gathers while it is written."""

    evidence: tuple[Span, ...]
    meaning: Meaning | None
    over: threading.Event = field(default_factory=threading.Event)
    prompt: str = ""
    output: str = ""
    usage: dict[str, int] = field(default_factory=dict)
    refused: bool = False


def write(
    query: Query,
    spans: Sequence[Span],
    model: BaseChatModel,
    settings: Settings,
    *,
    today: date,
    meaning: Meaning | None = None,
    stop: threading.Event | None = None,
    config: RunnableConfig | None = None,
) -> Iterator[Written | Summary]:
    """Each sentence as soon as it is checked, then the Summary.

    `spans` are the reader's, best first; `meaning(sentence, quote)` is a cosine for the check.
    Set `stop`, or close the iterator, and it ends within a second; a model that hangs is left
    behind in its thread until its own client gives up. Nothing is raised for a model that fails:
    the Summary says so.
    """
    began = monotonic()
    run = _Run(choose(spans, settings.evidence_tokens), meaning)
    if not run.evidence:
        yield Summary(refused=True)
        return
    chain = _chain(run, model, today, settings.evidence_tokens)
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    work = threading.Thread(
        target=copy_context().run, args=(_work, chain, query, config, run, items), daemon=True
    )
    work.start()
    shown = dropped = 0
    first: float | None = None
    error: str | None = None
    try:
        while True:
            if stop is not None and stop.is_set():
                error = STOPPED
                break
            if monotonic() - began > settings.llm_seconds:
                error = (
                    f"the chat model took longer than {settings.llm_seconds:g} seconds;"
                    " raise EVNEWS_LLM_SECONDS or take a faster model"
                )
                break
            try:
                item = items.get(timeout=TICK)
            except queue.Empty:
                continue
            if not isinstance(item, Written):
                error = item
                break
            if item.dropped:
                dropped += 1
            else:
                shown += 1
                first = monotonic() - began if first is None else first
            yield item
    finally:
        run.over.set()
    tokens_in = run.usage.get("input_tokens", 0) or count(run.prompt)
    tokens_out = run.usage.get("output_tokens", 0) or count(run.output)
    yield Summary(
        shown=shown,
        dropped=dropped,
        refused=run.refused and not shown,
        error=error,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        counted=not run.usage,
        first_s=first,
        seconds=monotonic() - began,
    )


def _work(
    chain: Runnable[Any, Any],
    query: Query,
    config: RunnableConfig | None,
    run: _Run,
    items: "queue.SimpleQueue[Written | str | None]",
) -> None:
    """Run the chain in its thread; a last None, or the error's one line, ends the queue."""
    error: str | None = None
    stream = chain.stream(query, config)
    try:
        for batch in stream:
            for item in batch:
                items.put(item)
            if run.over.is_set():
                break
    except NewsError as failure:
        error = one_line(failure)
    except Exception as failure:  # every provider's client has its own errors
        error = f"the chat model failed: {one_line(failure)}"
    finally:
        close(stream)
        items.put(error)


def close(stream: Iterator[Any]) -> None:
    """Close a generator; other iterators have nothing to close."""
    if isinstance(stream, Generator):
        stream.close()


def _chain(run: _Run, model: BaseChatModel, today: date, budget: int) -> Runnable[Any, Any]:
    def prompt(asked: Query) -> list[BaseMessage]:
        messages = build(asked, run.evidence, today, budget)
        run.prompt = "\n".join(str(message.text) for message in messages)
        return messages

    def ask(batches: Iterator[Any], config: RunnableConfig) -> Iterator[Any]:
        # The model itself as a step would be read to its end for the trace, stopped or not.
        for messages in batches:
            stream = model.stream(messages, config)
            try:
                for chunk in stream:
                    yield chunk
                    if run.over.is_set():
                        return
            finally:
                close(stream)

    def parse(chunks: Iterator[Any]) -> Iterator[list[Sentence]]:
        parser = Parser(len(run.evidence))
        for chunk in chunks:
            text = str(chunk.text)
            run.output += text
            for key, value in (getattr(chunk, "usage_metadata", None) or {}).items():
                if isinstance(value, int):
                    run.usage[key] = run.usage.get(key, 0) + value
            if found := parser.feed(text):
                yield found
        if found := parser.close():
            yield found

    def check(batches: Iterator[list[Sentence]]) -> Iterator[list[Written]]:
        yield from checked(batches)
        run.over.set()  # the rest of the stream is not wanted

    def checked(batches: Iterator[list[Sentence]]) -> Iterator[list[Written]]:
        seen: set[str] = set()
        repeats = 0
        for sentence in (s for batch in batches for s in batch):
            if refuses(sentence.text):
                run.refused = True
                if not seen:
                    return
                continue
            text = claim(sentence.text)
            if not text:
                continue
            key = " ".join(sorted(content(text))) or text.casefold()
            if key in seen:
                repeats += 1
                if repeats >= MOST_REPEATS:
                    return
                continue
            seen.add(key)
            yield [judge(text, sentence.marks, run.evidence, run.meaning)]
            if len(seen) >= MOST_SENTENCES:
                return

    chain: Runnable[Any, Any] = (
        RunnableLambda(prompt, name="prompt")
        | RunnableGenerator[Any, Any](cast(Any, ask), name="ask")
        | RunnableGenerator[Any, Any](parse, name="parse")
        | RunnableGenerator[Any, Any](check, name="check")
    )
    return chain.with_config(run_name="write")
