"""What a reader says of an answer: kept, shown as given, and of use as a gold question."""

import re
from pathlib import Path

from browsing import QUESTION, Opener, ask, ready
from playwright.sync_api import expect


def test_a_verdict_stays_with_its_answer_until_another_replaces_it(
    open_page: Opener, home: Path
) -> None:
    from app.feedback import candidates

    question = "Where will BYD build a factory for the cars that it sells in Europe?"
    page, watch = open_page()
    turn = ask(page, question)
    turn.get_by_role("button", name="Helpful", exact=True).click()
    given = {
        verdict: page.locator(f'[data-place="0"] [data-verdict={verdict}][aria-pressed=true]')
        for verdict in ("good", "bad")
    }
    expect(given["good"]).to_be_visible()
    # A form that is only opened gives no verdict.
    turn.get_by_role("button", name="Not helpful").click()
    expect(turn.get_by_label("What was wrong?")).to_be_visible()
    expect(given["bad"]).to_have_count(0)

    page.reload()
    ready(page)
    expect(given["good"]).to_be_visible()
    ask(page, "When will it open?", 1)
    expect(given["good"]).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("[data-do=example]").first).to_be_visible()
    page.locator("#ev-list").get_by_text(question).click()
    expect(given["good"]).to_be_visible()

    page.locator('[data-place="0"] [data-verdict=bad]').last.click()
    page.get_by_role("button", name="Send").click()
    expect(given["bad"]).to_be_visible()
    expect(given["good"]).to_have_count(0)
    page.reload()
    ready(page)
    expect(given["bad"]).to_be_visible()
    assert [row["verdict"] for row in candidates(home) if row["question"] == question] == ["bad"]
    assert watch.quiet()


def test_a_verdict_that_could_not_be_kept_is_not_shown_as_given(
    open_page: Opener, home: Path
) -> None:
    page, _ = open_page()
    turn = ask(page, QUESTION)
    file, away = home / "feedback.db", home / "feedback.away"
    if file.exists():
        file.rename(away)
    file.mkdir()  # no database can be opened there
    try:
        turn.get_by_role("button", name="Helpful", exact=True).click()
        expect(page.get_by_text("is the folder writable?")).to_be_visible()
    finally:
        file.rmdir()
        if away.exists():
            away.rename(file)
    assert turn.locator("[aria-pressed=true]").count() == 0
    expect(turn.locator(".ev-reason")).to_be_hidden()


def test_feedback_is_kept_and_becomes_a_candidate(open_page: Opener, home: Path) -> None:
    from app.feedback import candidates

    page, _ = open_page()
    turn = ask(page, QUESTION)
    turn.get_by_role("button", name="Not helpful").click()
    turn.get_by_label("What was wrong?").select_option("old")
    turn.get_by_label("In your words").fill("There is newer news.")
    with page.expect_response(re.compile("queue/data")):
        turn.get_by_role("button", name="Send").click()
    expect(turn.locator(".ev-reason")).to_contain_text("Thank you")
    page.wait_for_function("document.querySelector('#ev-status').textContent.includes('Thank')")
    page.reload()  # by now the server has answered
    ready(page)
    expect(page.get_by_role("button", name="Not helpful", pressed=True)).to_be_visible()
    found = [row for row in candidates(home) if row["comment"] == "There is newer news."]
    assert [(row["question"], row["verdict"], row["reason"], row["split"]) for row in found] == [
        (QUESTION, "bad", "old", "dev")
    ]
