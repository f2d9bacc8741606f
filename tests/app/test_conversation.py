"""Conversations in a real browser: stopping, asking again, links, reloads, tabs."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from browsing import ANSWERED, QUESTION, Opener, ask, go_on, ready
from playwright.sync_api import Page, expect

from app.thread import Shown, to_json


def _id(page: Page) -> str:
    return str(page.evaluate("sessionStorage['evnews.id']"))


def test_an_answer_can_be_stopped(open_page: Opener, gate: Path) -> None:
    page, _ = open_page()
    ask(page, QUESTION)
    page.get_by_label("Your question").fill("Tell me patiently about Honda and Nissan")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator("#ev-live .ev-turn[data-state=asking]").wait_for()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Stop").click()
    turn = page.locator("#ev-live .ev-turn[data-state=stopped]")
    expect(turn).to_contain_text("Stopped")
    go_on(gate)  # the reader that waits behind it may finish; nobody listens
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    ask(page, QUESTION, 2)
    expect(page.locator("#ev-past")).to_contain_text("Stopped")


def test_an_answer_stays_in_the_conversation_that_asked_for_it(
    open_page: Opener, gate: Path
) -> None:
    page, _ = open_page()
    page.get_by_label("Your question").fill("Tell me patiently about Honda and Nissan")
    page.get_by_label("Your question").press("Enter")
    page.locator("#ev-live .ev-turn[data-state=asking]").wait_for()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("[data-do=example]").first).to_be_visible()
    go_on(gate)
    ask(page, "Where will BYD build its first factory in Europe?")
    expect(page.locator(".ev-turn")).to_have_count(1)
    page.locator("#ev-list").get_by_text("patiently").click()
    expect(page.locator("#ev-live .ev-turn")).to_contain_text("Stopped")
    expect(page.locator(".ev-turn")).to_have_count(1)


def test_ask_again_and_edit_replace_the_answer(open_page: Opener) -> None:
    page, _ = open_page()
    ask(page, QUESTION)
    page.get_by_role("button", name="Ask again").click()
    page.locator("#ev-live .ev-turn[data-state=asking]").wait_for()
    page.locator(ANSWERED).wait_for()
    assert page.locator(".ev-turn").count() == 1
    # What an edit replaces is said, and an edit can be left.
    ask(page, "Who joined the talks in August 2024?", 1)
    page.locator('[data-place="0"] [data-do=edit]').first.click()
    assert page.get_by_label("Your question").input_value() == QUESTION
    expect(page.locator("#ev-editing")).to_contain_text("1 later answer goes")
    page.get_by_role("button", name="Leave it as it is").click()
    expect(page.locator("#ev-editing")).to_be_hidden()
    assert page.get_by_label("Your question").input_value() == ""
    page.locator('[data-place="0"] [data-do=edit]').first.click()
    ask(page, "Where will BYD build its first factory in Europe?")
    assert page.locator(".ev-turn").count() == 1


def test_reload_keeps_the_conversation_with_its_sources(open_page: Opener) -> None:
    page, _ = open_page()
    ask(page, QUESTION)
    before = ask(page, "Who joined the talks in August 2024?", 1).inner_text()
    page.reload()
    ready(page)
    assert page.locator(".ev-turn").count() == 2
    assert page.locator(ANSWERED).inner_text() == before
    cards = page.locator(f"{ANSWERED} .ev-card")
    expect(cards.first.locator("mark")).to_be_visible()
    cards.nth(1).locator("summary").click()
    expect(cards.nth(1).locator("mark")).to_be_visible()
    # Another conversation, and back to the first.
    page.get_by_role("button", name="New conversation").click()
    ask(page, "Where will BYD build its first factory in Europe?")
    page.locator("#ev-list").get_by_text(QUESTION).click()
    expect(page.locator(".ev-turn")).to_have_count(2)


def test_a_link_shows_the_same_again(open_page: Opener) -> None:
    page, _ = open_page(
        "/?q=Where+will+BYD+build+a+factory+in+Europe%3F&asof=2024-06-30&from=2023-01-01"
    )
    turn = page.locator(ANSWERED)
    expect(turn.locator("h2")).to_have_text("Where will BYD build a factory in Europe?")
    expect(turn.locator(".ev-understood")).to_contain_text("as known on 30 June 2024")
    href = turn.get_by_role("link", name="Link to this").get_attribute("href")
    assert href is not None
    first = turn.locator(".ev-statements").inner_text()
    other, _ = open_page("/" + href)
    expect(other.locator(f"{ANSWERED} .ev-statements")).to_have_text(first, use_inner_text=True)


def test_the_controls_are_in_the_address_before_anything_is_asked(open_page: Opener) -> None:
    page, _ = open_page()
    page.get_by_role("button", name="Period").click()
    page.get_by_label("As if it were").fill("2024-04-01")
    page.locator("#ev-after input").fill("2019-05-01")
    expect(page.locator("#ev-limits-now")).to_have_text("from 1 May 2019, as of 1 April 2024")
    assert "from=2019-05-01" in page.url
    assert "asof=2024-04-01" in page.url
    other, _ = open_page("/?" + urlsplit(page.url).query)
    assert other.locator("#ev-asof input").input_value() == "2024-04-01"
    expect(other.locator("#ev-limits-now")).to_contain_text("as of 1 April 2024")


def test_what_is_typed_stays_on_a_machine_whose_frames_come_late(open_page: Opener) -> None:
    page, _ = open_page()
    page.evaluate(
        "() => { const draw = requestAnimationFrame.bind(window);"
        " window.requestAnimationFrame = f => draw(() => setTimeout(() => draw(f), 300)); }"
    )
    boxes = {
        "#ev-asof input": ("chat", "2024-04-01"),
        "#ev-topic input, #ev-topic textarea": ("timeline", "Honda and Nissan"),
        "#ev-tl-after input": ("timeline", "2024-01-01"),
        "#ev-url input, #ev-url textarea": ("library", "example.org"),
    }
    page.get_by_role("button", name="Period").click()
    for box, (tab, text) in boxes.items():
        page.locator(f"#ev-tab-{tab}").click()
        page.locator(box).fill(text)
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    for box, (_, text) in boxes.items():
        assert page.locator(box).input_value() == text


def test_a_written_answer_shows_what_it_cost_and_what_was_dropped(open_page: Opener) -> None:
    page, _ = open_page(server=3)
    page.get_by_role("button", name="Period and how to answer").click()
    page.get_by_label("Written by openai:scripted").check()
    turn = ask(page, QUESTION)
    assert "mode=written" in page.url
    expect(turn.locator(".ev-written")).to_contain_text("signed a non-binding memorandum")
    expect(turn.locator(".ev-written .ev-mark").first).to_be_visible()
    expect(turn.locator(".ev-written")).not_to_contain_text("77 billion")
    expect(turn.locator(".ev-note")).to_contain_text("1 sentence was left out")
    expect(turn.locator(".ev-left-out s")).to_have_text(re.compile("77 billion"))
    expect(turn.locator(".ev-fresh")).to_have_text(re.compile(r"\d+ tokens in, \d+ out"))
    page.reload()
    ready(page)
    expect(page.locator(f"{ANSWERED} .ev-fresh")).to_have_text(re.compile(r"tokens in"))
    # A link never spends anybody's money by itself: it fills the question in.
    other, _ = open_page("/?" + urlsplit(page.url).query, server=3)
    assert other.get_by_label("Your question").input_value() == QUESTION
    assert other.get_by_label("Written by openai:scripted").is_checked()
    assert other.locator(".ev-turn").count() == 0


def test_a_chat_model_is_asked_only_by_choice(open_page: Opener) -> None:
    page, _ = open_page(server=3)
    expect(page.locator("#ev-limits-now")).to_have_text("in quotes")
    page.get_by_role("button", name="how to answer").click()
    expect(page.get_by_label("Quotes", exact=True)).to_be_checked()
    expect(page.locator("#ev-mode")).to_contain_text("may cost money")
    page.get_by_label("Written by openai:scripted").check()
    expect(page.locator("#ev-limits-now")).to_have_text("in written sentences")
    page.locator("[data-do=example]").first.click()
    turn = page.locator(ANSWERED)
    expect(turn.locator(".ev-quotes")).to_be_visible()
    expect(turn.locator(".ev-written")).to_have_count(0)
    # The choice stands for what is asked next.
    expect(ask(page, QUESTION, 1).locator(".ev-written")).to_be_visible()


def test_two_tabs_of_one_conversation_lose_no_answer(open_page: Opener) -> None:
    page, _ = open_page()
    ask(page, QUESTION)
    other = page.context.new_page()
    other.goto(page.url.split("?")[0])
    ready(other)
    # What a browser does when it duplicates a tab.
    other.evaluate("id => { sessionStorage['evnews.id'] = id; }", _id(page))
    other.reload()
    ready(other)
    expect(other.locator(".ev-turn")).to_have_count(1)
    first, second = "Where will BYD build its first factory?", "What did Northvolt raise in 2019?"
    ask(page, first, 1)
    ask(other, second, 1)
    kept = page.evaluate(
        "Object.keys(localStorage).filter(key => key.startsWith('evnews.c.'))"
        ".map(key => JSON.parse(localStorage[key]).turns.map(turn => turn.question))"
    )
    assert sorted(kept) == sorted([[QUESTION, first], [QUESTION, second]])
    assert _id(page) != _id(other)


def test_a_conversation_can_be_deleted_and_an_empty_one_has_nothing_to_delete(
    open_page: Opener,
) -> None:
    page, _ = open_page()
    delete = page.get_by_role("button", name="Delete this conversation")
    expect(delete).to_be_hidden()
    ask(page, QUESTION)
    delete.click()
    page.locator("#ev-question textarea").click()  # thought better of it
    expect(delete).to_be_visible()
    delete.click()
    page.get_by_role("button", name="Really delete it?").click()
    expect(page.locator("[data-do=example]").first).to_be_visible()
    expect(delete).to_be_hidden()
    expect(page.locator("#ev-list li")).to_have_count(0)


def test_a_conversation_of_the_list_is_deleted_by_a_second_click(open_page: Opener) -> None:
    page, _ = open_page()
    ask(page, QUESTION)
    page.locator("#ev-list [data-do=drop]").click()
    expect(page.locator("#ev-list li")).to_have_count(1)
    page.get_by_role("button", name=re.compile(r"^Delete\?")).click()
    expect(page.locator("#ev-list li")).to_have_count(0)
    expect(page.locator("[data-do=example]").first).to_be_visible()


def test_a_page_that_rests_writes_nothing(open_page: Opener) -> None:
    # A list drawn anew counted as news, so that two tabs woke each other hundreds of times.
    page, _ = open_page()
    ask(page, QUESTION)
    page.evaluate(
        "() => { window.written = 0; const set = Storage.prototype.setItem;"
        " Storage.prototype.setItem = function (...given) { window.written++; set.apply(this, given); }; }"
    )
    page.evaluate(
        "() => { dispatchEvent(new StorageEvent('storage'));"
        " return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))); }"
    )
    assert page.evaluate("window.written") == 0


def test_two_people_at_once_see_only_their_own(open_page: Opener, gate: Path) -> None:
    one, _ = open_page()
    two, _ = open_page()
    one.get_by_label("Your question").fill("Tell me patiently what Honda and Nissan signed")
    one.get_by_label("Your question").press("Enter")
    one.locator("#ev-live .ev-turn[data-state=asking]").wait_for()
    # A slow answer for one keeps the other from nothing.
    turn = ask(two, "Where will BYD build its first factory in Europe?")
    expect(turn.locator(".ev-statements")).to_contain_text("Szeged")
    assert one.locator("#ev-live .ev-turn").get_attribute("data-state") == "asking"
    go_on(gate)
    expect(one.locator(f"{ANSWERED} .ev-a")).to_contain_text("Honda")
    for page, other in ((one, "BYD"), (two, "patiently")):
        page.reload()
        ready(page)
        assert page.locator(".ev-turn").count() == 1
        assert other not in page.locator("#ev-chat").inner_text()


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ([{"question": QUESTION, "state": "done", "answer": {"id": 3}}] * 3, "damaged"),
        ([json.loads(to_json(Shown(QUESTION, "stopped")))] * 100, "100 questions at most"),
    ],
)
def test_a_refused_question_leaves_the_stored_conversation_alone(
    open_page: Opener, turns: list[dict[str, Any]], said: str
) -> None:
    page, _ = open_page()
    ask(page, QUESTION)
    page.evaluate(
        "turns => { const key = 'evnews.c.' + sessionStorage['evnews.id'];"
        " localStorage[key] = JSON.stringify({...JSON.parse(localStorage[key]), turns}); }",
        turns,
    )
    page.reload()
    ready(page)
    box, before = page.get_by_label("Your question"), ""
    for _ in range(2):
        box.fill("And who joined them?")
        box.press("Enter")
        refused = page.locator(f"#ev-live [data-refused]:not([data-refused='{before}'])")
        expect(refused).to_contain_text(said)
        before = str(refused.get_attribute("data-refused"))
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
        assert box.input_value() == "And who joined them?"
    kept = page.evaluate(
        "JSON.parse(localStorage['evnews.c.' + sessionStorage['evnews.id']]).turns"
    )
    assert kept == turns


def test_a_question_that_fails_again_in_the_same_way_ends_again(open_page: Opener) -> None:
    page, _ = open_page()
    page.get_by_label("Your question").fill("?!")
    page.get_by_label("Your question").press("Enter")
    failed = page.locator("#ev-live .ev-turn[data-state=failed]")
    expect(failed).to_contain_text("the question is empty")
    with page.expect_request(re.compile("queue/join")):
        page.get_by_role("button", name="Ask again").click()
    expect(failed).to_contain_text("the question is empty")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
