"""Timelines: the day of an event, and a small real library with known answers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Draft
from corpus.digest import drafts
from rag.eventday import event_date
from rag.pipeline import NewsChat
from rag.timeline import timeline
from rag.types import Event, Passage, Window
from rag.wire import event_to_json

_DAYS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "eventdays.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
TODAY = date(2026, 1, 5)
TOPICS = {
    "Honda Nissan": "honda-nissan-memorandum honda-nissan-mitsubishi-step"
    " honda-nissan-merger-talks honda-nissan-talks-end",
    "Northvolt": "northvolt-one-billion northvolt-first-cell bmw-cancels-northvolt-order"
    " northvolt-cuts-1600-jobs northvolt-chapter-11 northvolt-bankrupt-sweden lyten-northvolt-deal",
    "Ford three-row SUV": "ford-delays-three-row-suv ford-cancels-three-row-suv",
    "Apple car": "hyundai-not-in-talks-with-apple apple-car-delayed-to-2026"
    " apple-car-delayed-to-2028 apple-ends-car-project",
    "Tesla Mexico": "tesla-mexico-plant-announced tesla-mexico-plant-hesitation"
    " tesla-mexico-plant-paused",
    "Supercharger team": "tesla-supercharger-team-dismissed tesla-supercharger-team-rehired",
    "EU tariff Chinese cars": "eu-probe-chinese-evs eu-provisional-duties eu-vote-duties"
    " eu-definitive-duties",
}
OTHERS = (
    "bmw-munich-all-electric bmw-neue-klasse-plan ford-model-e-2023-loss ford-adopts-nacs"
    " gm-adopts-nacs honda-ontario-ev-hub nissan-9000-jobs biden-tariff-chinese-evs"
    " canada-tariff-chinese-evs tesla-opens-nacs tesla-cuts-tenth-of-jobs acea-2024-registrations"
    " mexico-proposes-car-tariffs volvo-cars-drops-2030-goal ford-mustang-mach-e"
)


def _slug(article_id: str) -> str:
    return article_id[11:]


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewsChat]:
    wanted = {slug for row in (*TOPICS.values(), OTHERS) for slug in row.split()}
    picked = [d for d in drafts() if isinstance(d, Draft) and _slug(d.id or "") in wanted]
    assert {_slug(d.id or "") for d in picked} == wanted
    told_again = Draft(
        key="paper",
        title="Ford scraps its large electric SUV",
        text="Ford will not build its three-row electric SUV after all, the company said on"
        " Wednesday. Dealers had hoped for it, and the works in Canada gets other models.",
        source="Another Paper",
        published=datetime(2024, 8, 22, tzinfo=UTC),
    )
    with NewsChat.open(tmp_path_factory.mktemp("home"), reader="plain") as chat:
        chat.add([*picked, told_again])
        yield chat


def _events(chat: NewsChat, topic: str, **limits: Any) -> tuple[Event, ...]:
    def search(query: str, limit: int, window: Window) -> Sequence[Passage]:
        return chat.search(query, limit, window.as_of, window.after, window.before)

    return timeline(search, chat.library.embedder, topic, today=TODAY, **limits)


@pytest.mark.parametrize("row", _DAYS, ids=lambda row: row["sentence"])
def test_day_of_a_sentence(row: dict[str, str]) -> None:
    got = event_date(row["sentence"], date.fromisoformat(row["published"]))
    assert (got.day.isoformat(), got.grain, got.day_from) == (
        row["day"],
        row["grain"],
        row["day_from"],
    )


@given(
    st.dates(date(2015, 1, 1), date(2026, 12, 31)),
    st.sampled_from([row["sentence"] for row in _DAYS]),
)
def test_nothing_happened_after_it_was_reported(published: date, sentence: str) -> None:
    assert event_date(sentence, published).day <= published


@pytest.mark.parametrize("topic", TOPICS)
def test_known_topics_are_told_in_order_and_nothing_else(chat: NewsChat, topic: str) -> None:
    events = _events(chat, topic)
    told = [_slug(event.citation.article_id) for event in events]
    wanted = TOPICS[topic].split()
    known = [slug for slug in told if slug in wanted]
    # The other paper may tell the cancellation of the SUV instead of the brief.
    assert len(events) <= len(wanted)
    assert len(known) >= len(wanted) - 1
    assert [event.day for event in events] == sorted(event.day for event in events)
    assert [event.citation.n for event in events] == list(range(1, len(events) + 1))


def test_every_line_is_a_slice_of_its_article(chat: NewsChat) -> None:
    for event in _events(chat, "Northvolt"):
        citation = event.citation
        article = chat.library.load(citation.article_id, citation.revision)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
        assert event.text == " ".join(citation.quote.split())


def test_a_program_is_told_how_exact_a_day_is(chat: NewsChat) -> None:
    event = _events(chat, "Northvolt")[0]
    assert event_to_json(event)["grain"] == "day"
    month = replace(event, day=date(2024, 1, 1), grain="month")
    assert (event_to_json(month)["day"], event_to_json(month)["grain"]) == ("2024-01-01", "month")


def test_a_report_of_another_source_joins_the_event(chat: NewsChat) -> None:
    by_day = {event.day: event for event in _events(chat, "Ford three-row SUV")}
    assert by_day[date(2024, 8, 21)].sources == 2
    assert by_day[date(2024, 4, 4)].sources == 1


def test_limits_cut_by_the_day_of_the_event(chat: NewsChat) -> None:
    days = [
        e.day for e in _events(chat, "Northvolt", after=date(2024, 6, 1), before=date(2024, 12, 1))
    ]
    assert days == [date(2024, 6, 20), date(2024, 9, 23), date(2024, 11, 22)]
    assert len(_events(chat, "Northvolt", limit=2)) == 2


def test_nothing_published_after_as_of_is_told(chat: NewsChat) -> None:
    events = _events(chat, "Honda Nissan", as_of=date(2024, 12, 31))
    assert {_slug(e.citation.article_id) for e in events} == {
        "honda-nissan-memorandum",
        "honda-nissan-mitsubishi-step",
        "honda-nissan-merger-talks",
    }


def test_an_unknown_topic_has_no_timeline(chat: NewsChat) -> None:
    assert _events(chat, "Lucid Gravity") == ()
    assert _events(chat, "moon landing") == ()
