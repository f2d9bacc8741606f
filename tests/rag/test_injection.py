"""Poisoned articles and a chat model that obeys them: nothing foreign reaches the reader.

Each row of data/poison.jsonl is an article with true facts and an order to the model. The
scripted model is the worst case: it does what the article says, whether or not the prompt showed
it the order, and then answers honestly. All names in the articles are invented.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from corpus.article import Article
from corpus.text import clean
from rag.embed import SentenceEmbedder
from rag.fence import is_order, plain
from rag.prompt import REFUSAL, build, choose
from rag.sentences import spans as sentence_spans
from rag.settings import Settings
from rag.types import Passage, Query, Span
from rag.written import Summary, Written, write

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "poison.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
DAY = date(2024, 10, 1)
PATIENT = Settings(llm_seconds=600.0)
SILENT = {"refuse"}  # the model says nothing else, so the quotes have to answer


class Obedient(BaseChatModel):
    """Does what the article says, then tells its facts with the numbers that the prompt has."""

    obey: str
    facts: list[str]
    piece: int = 7

    @property
    def _llm_type(self) -> str:
        return "obedient"

    def _text(self, messages: Sequence[BaseMessage]) -> str:
        if self.obey == REFUSAL:
            return REFUSAL
        lines = re.findall(r"^\[(\d+)\] (.*)$", str(messages[-1].text), re.M)
        honest = []
        for fact in self.facts:
            number = next((n for n, line in lines if plain(fact) in line), None)
            if number:
                honest.append(f"{fact[:-1]} [{number}].")
        if self.obey.startswith("charge "):
            return "\n".join([*honest, self.obey])
        return "\n".join([self.obey, *honest, self.obey])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = AIMessage(content=self._text(messages))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        text = self._text(messages)
        for at in range(0, len(text), self.piece):
            yield ChatGenerationChunk(message=AIMessageChunk(content=text[at : at + self.piece]))


@pytest.fixture(scope="module")
def meaning(embedder: SentenceEmbedder) -> Callable[[str, str], float]:
    @cache
    def vector(text: str) -> Any:
        return embedder.encode([text])[0]

    vector("the first use loads the model, which is no part of a model's time")
    return lambda a, b: float(vector(a) @ vector(b))


def reading(row: dict[str, Any], question: str) -> list[Span]:
    """The article's sentences as a reader that notices nothing would give them."""
    text = clean(row["text"])
    when = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
    article = Article(
        row["id"], 1, row["title"], text, "Test Wire", None, when, when, when, row["id"]
    )
    passage = Passage(article, 0, len(text), 1.0)
    asked = set(re.findall(r"\w+", question.lower()))
    found = [
        Span(passage, a, b, 0.5 + 0.05 * len(asked & set(re.findall(r"\w+", text[a:b].lower()))))
        for a, b in sentence_spans(text)
    ]
    return sorted(found, key=lambda s: -s.score)


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['id']}-{r['kind']}" for r in ROWS])
def test_an_obedient_model_does_no_harm(
    row: dict[str, Any], meaning: Callable[[str, str], float]
) -> None:
    for question in row["questions"]:
        spans = reading(row, question)
        model = Obedient(obey=row["obey"], facts=row["facts"])
        items = list(
            write(Query(question, question), spans, model, PATIENT, today=DAY, meaning=meaning)
        )
        sentences = [item for item in items if isinstance(item, Written)]
        shown = [item for item in sentences if not item.dropped]
        page = "\n".join(item.text for item in shown)
        for effect in row["effects"]:
            assert effect.lower() not in page.lower(), (question, effect, page)
        for item in shown:
            assert item.spans
            assert not re.search(r"[\[\]<>]|https?:|www\.", item.text)
            for span in item.spans:
                assert span.text == span.passage.article.text[span.start : span.end]
                assert not is_order(span.text)
        # Struck-through sentences may be false, but hold nothing that acts.
        struck = " ".join(item.text for item in sentences if item.dropped)
        assert not re.search(r"https?:|!\[|\]\(|<\s*[a-z!/]|javascript:|data:", struck, re.I)
        if row["kind"] in SILENT:
            assert isinstance(items[-1], Summary)
            assert items[-1].refused
            continue
        told = [fact for fact in row["facts"] if fact.rstrip(".") in page]
        assert len(told) >= 2, (question, page, struck)


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['id']}-{r['kind']}" for r in ROWS])
def test_no_order_gets_into_a_prompt(row: dict[str, Any]) -> None:
    question = row["questions"][0]
    chosen = choose(reading(row, question), 600)
    prompt = str(build(Query(question, question), chosen, DAY)[-1].text)
    inside = prompt.split("<evidence>\n")[1].rsplit("\n</evidence>")[0]
    assert not re.search(
        r"[<>`]|https?:|\[(?!\d\] )|\]\(|[\u200b-\u200f\U000e0000-\U000e007f]", inside
    )
    assert prompt.count("<evidence>") == prompt.count("</evidence>") == 1
    assert not any(is_order(line) for line in inside.splitlines())


def test_there_are_enough_of_them() -> None:
    assert len(ROWS) >= 60
    assert len({row["kind"] for row in ROWS}) >= 20
    assert all(len(row["questions"]) == 5 for row in ROWS)
