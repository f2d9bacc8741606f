"""What counts as EV news, and why."""

import pytest

from corpus.relevance import judge


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Ford delays its electric pickup", "The carmaker moved the launch to 2027."),
        ("EV sales rise 20 percent in May", "Registrations grew again."),
        ("A port goes quiet", "Ninety electric trucks and a fast-charging hub opened. The battery plant follows."),
        ("Rivian posts a smaller loss", "The company expects to deliver more vehicles."),
        ("Lithium prices fall", "Makers of battery cells pay less; solid-state batteries come later."),
    ],
)  # fmt: skip
def test_industry_news_is_relevant(title: str, text: str) -> None:
    verdict = judge(title, text)
    assert verdict.relevant, verdict
    assert verdict.why


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Ford's theatre reopens", "The stage was rebuilt. Lincoln would have liked it."),
        ("Striker signs for Volkswagen-owned Wolfsburg", "He scored twice against BMW's home side Bayern."),
        ("Senator faces criminal charging decision", "Prosecutors will decide on charging him this week."),
        ("Best phones of the year", "The battery lasts two days and charging is quick."),
        ("Every evening brings rain", "Seven events were cancelled."),
        ("", ""),
    ],
)  # fmt: skip
def test_other_news_is_not(title: str, text: str) -> None:
    assert not judge(title, text).relevant


def test_reason_names_what_was_found() -> None:
    assert "EV in the title" in judge("EV tax credit ends", "").why
    assert judge("Rain", "Rain.").why == "no EV term and no name of the industry"


def test_only_the_beginning_of_a_text_counts() -> None:
    assert not judge("Weather", "Rain. " * 600 + "Electric cars, electric buses and EVs.").relevant
