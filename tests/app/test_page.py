"""The page in a real browser, as a newcomer, a phone, a keyboard and an attacker meet it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from payloads import PAYLOADS
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "corpus"))
from server import page as article_page
from server import running

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium: install it, or name it in CHROMIUM"
)
PATIENCE = 60_000  # milliseconds; the models share the processor with the browser
QUESTION = "What did Honda and Nissan sign a memorandum about?"
ANSWERED = "#ev-live .ev-turn[data-state=done]"


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gate") / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library") / "home"


@pytest.fixture(scope="module")
def servers(home: Path, gate: Path) -> Iterator[list[str]]:
    """The page, one with a password, one over hostile articles, one with a chat model."""
    here = Path(__file__).parent
    found = filter(None, (str(ROOT), str(here), os.environ.get("PYTHONPATH")))
    process = subprocess.Popen(
        [sys.executable, str(here / "page_server.py"), str(home), str(gate)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(found)},
    )
    assert process.stdout is not None
    assert process.stdin is not None
    addresses = process.stdout.readline().split()
    assert len(addresses) == 4, "the server did not start"
    yield addresses
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


class Watch:
    """What a page did that it must not: requests elsewhere, dialogs, errors in its script."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.elsewhere: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        self.home = urlsplit(home).netloc
        context.on("request", self._request)
        context.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self.home:
            self.elsewhere.append(request.url)

    def quiet(self) -> bool:
        """Nothing of the kind has happened."""
        assert (self.elsewhere, self.dialogs, self.errors) == ([], [], [])
        return True


Opener = Callable[..., tuple[Page, Watch]]


@pytest.fixture
def open_page(browser: Browser, servers: list[str]) -> Iterator[Opener]:
    contexts = []

    def open_one(path: str = "/", server: int = 0, **options: Any) -> tuple[Page, Watch]:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watch = Watch(context, servers[server])
        page = context.new_page()
        page.goto(servers[server] + path)
        ready(page)
        return page, watch

    expect.set_options(timeout=PATIENCE)
    yield open_one
    for context in contexts:
        context.close()


def ready(page: Page) -> None:
    page.locator("body[data-ready]").wait_for(state="attached")


def ask(page: Page, question: str, place: int = 0) -> Any:
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")
    turn = page.locator(f'{ANSWERED}[data-place="{place}"]')
    turn.wait_for()
    expect(turn.locator("h2")).to_have_text(question)
    return turn


def test_a_newcomers_whole_path(open_page: Opener, tmp_path: Path) -> None:
    page, watch = open_page()
    expect(page).to_have_title("EV News Chat")
    example = page.locator("[data-do=example]").first
    wanted = example.inner_text()
    example.click()
    first = page.locator(f'{ANSWERED}[data-place="0"]')
    expect(first.locator("h2")).to_have_text(wanted)

    # A new conversation; a marker opens its card, the card the stored article at the quote.
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("[data-do=example]").first).to_be_visible()
    turn = ask(page, QUESTION)
    quote = turn.locator(".ev-s p").first.inner_text()
    assert "memorandum" in quote
    turn.locator(".ev-mark").last.click()
    card = turn.locator(".ev-card[open]").last
    expect(card.locator("mark")).to_be_visible()
    card.get_by_role("button", name="Show in library").click()
    reader = page.get_by_role("dialog")
    expect(reader.locator("mark").first).to_be_in_viewport()
    assert " ".join(reader.locator("mark").all_inner_texts()) == card.locator("mark").inner_text()
    page.keyboard.press("Escape")
    expect(reader).to_be_hidden()

    # A follow-up is understood from the conversation, and says how.
    follow = ask(page, "And what happened to the merger plan of the two in February 2025?", 1)
    expect(follow.locator(".ev-understood")).to_contain_text("February 2025")

    # As of an earlier day the later news is unknown; the address tells it.
    page.get_by_role("button", name="Period, sources").click()
    page.get_by_label("As if it were").fill("2024-04-01")
    early = ask(page, "Did Honda and Nissan call off their merger talks?", 2)
    expect(early.locator(".ev-understood")).to_contain_text("As known on 1 April 2024")
    days = early.locator(".ev-card-by").all_inner_texts()
    assert days
    assert not any(year in day for day in days for year in ("August 2024", "December 2024", "2025"))
    assert "asof=2024-04-01" in page.url

    # The conversation goes home as Markdown with its sources.
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as Markdown").click()
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    assert "## What did Honda and Nissan sign a memorandum about?" in text.replace("\\", "")
    assert "Sources:" in text
    assert watch.quiet()


def test_a_page_from_the_web_can_be_added_asked_and_removed(open_page: Opener) -> None:
    page, watch = open_page("/?tab=library")
    expect(page.locator(".ev-numbers")).to_contain_text("articles")
    with running() as site:
        text = "Quastor Motors will build its Lyra electric van in Gdansk, the company said. " * 2
        site.serve(
            "/lyra",
            article_page(
                "Quastor builds the Lyra van in Gdansk",
                text,
                "The plant costs 900 million euros and opens in 2028. Quastor makes electric vans.",
                "Batteries for the van come from a cell factory nearby, which supplies two other "
                "carmakers. The city gives the company a site of forty hectares near the port, and "
                "the government pays a tenth of the cost, as it did for an earlier van.",
            ),
        )
        page.get_by_label("Address of a page").fill(f"{site.url}/lyra")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("#ev-job")).to_contain_text("1 new")
    page.get_by_role("tab", name="Chat").click()
    turn = ask(page, "Where will Quastor Motors build its Lyra van?")
    expect(turn.locator(".ev-statements")).to_contain_text("Gdansk")
    turn.locator("[data-do=read]").first.click()
    page.get_by_role("button", name="Remove from library").click()
    page.get_by_role("button", name="Really remove it?").click()
    page.get_by_role("tab", name="Library").click()
    page.get_by_label("Search", exact=True).fill("Quastor Lyra van")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#ev-found .ev-sum")).to_contain_text("for “Quastor")
    expect(page.locator("#ev-found")).not_to_contain_text("Quastor builds")
    assert watch.quiet()


def test_what_cannot_be_added_says_why(open_page: Opener) -> None:
    page, _ = open_page("/?tab=library")
    page.get_by_label("Address of a page").fill("ftp://example.org/x")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#ev-job")).to_contain_text(re.compile("ftp://example.org/x.*http"))


def test_files_are_taken_in_under_their_own_names(open_page: Opener, tmp_path: Path) -> None:
    page, _ = open_page("/?tab=library")
    good = tmp_path / "orbis.txt"
    good.write_text(
        "Orbis recalls its electric scooter\n\nOrbis recalls 4,000 electric scooters in Spain because of a brake fault."
    )
    bad = tmp_path / "broken.jsonl"
    bad.write_text("{no json\n")
    page.locator("#ev-upload input[type=file]").set_input_files([good, bad])
    job = page.locator("#ev-job")
    expect(job).to_contain_text("1 new, 1 failed")
    expect(job).to_contain_text("broken.jsonl")
    assert "uploads" not in job.inner_text()
    assert "/" not in job.locator("li b").inner_text()


def test_a_phone_shows_it_all_without_scrolling_sideways(open_page: Opener) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    turn = ask(page, QUESTION)
    answer, cards = turn.locator(".ev-a").bounding_box(), turn.locator(".ev-cards").bounding_box()
    assert answer is not None
    assert cards is not None
    assert cards["y"] >= answer["y"] + answer["height"]  # below, not beside
    for tab in ("Timeline", "Library", "Quality", "Chat"):
        page.get_by_role("tab", name=tab).tap()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tab
    small = page.evaluate(
        "[...document.querySelectorAll('#ev-main p, #ev-main h2, #ev-main textarea')]"
        ".filter(e => e.offsetParent && parseFloat(getComputedStyle(e).fontSize) < 14).length"
    )
    assert small == 0


def test_it_can_be_used_with_the_keyboard_alone(open_page: Opener) -> None:
    page, _ = open_page()
    press = page.keyboard.press

    def tab_to(selector: str) -> None:
        for _ in range(80):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            press("Tab")
        pytest.fail(f"Tab never reaches {selector}")

    press("Tab")
    assert page.evaluate("document.activeElement.className") == "ev-skip"
    tab_to("#ev-question textarea")
    page.keyboard.type(QUESTION)
    press("Enter")
    page.locator(ANSWERED).wait_for()
    page.locator("body").press("Home")
    page.evaluate("document.activeElement.blur()")
    tab_to(".ev-mark")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    press("Enter")
    assert page.evaluate("document.activeElement.matches('.ev-card[open] summary')")
    tab_to("[data-do=read]")
    press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('[data-do=read]')")  # back where it was


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
    gate.write_text("go on")  # the reader that waits behind it may finish; nobody listens
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
    gate.write_text("go on")
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
    page.locator(f"{ANSWERED} .ev-card summary").first.click()
    expect(page.locator(f"{ANSWERED} mark").first).to_be_visible()
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
    page.get_by_role("button", name="Period, sources").click()
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
    page.get_by_role("button", name="Period, sources").click()
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
    page.get_by_role("button", name="Period, sources").click()
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


def test_twenty_people_at_once_get_their_own_answers(servers: list[str]) -> None:
    dependencies = httpx.get(f"{servers[0]}/config").json()["dependencies"]
    event = next(d["id"] for d in dependencies if "evnews.asking" in str(d["js"]))
    people = [f"P{i:02}x" for i in range(20)]

    def chat(person: str) -> str:
        """All that one person's page gets to see while it asks."""
        question = f"What did Honda and Nissan sign in March 2024? ({person})"
        data = ["[]", question, "", "", "", [], "quotes"]
        begin = {"data": data, "fn_index": event, "session_hash": person}
        httpx.post(f"{servers[0]}/gradio_api/queue/join", json=begin, timeout=60)
        where = f"{servers[0]}/gradio_api/queue/data?session_hash={person}"
        return httpx.get(where, timeout=240).text

    with ThreadPoolExecutor(len(people)) as pool:
        seen = dict(zip(people, pool.map(chat, people), strict=True))
    for person, page in seen.items():
        assert "process_completed" in page
        assert "memorandum" in page, person
        assert set(re.findall(r"P\d\dx", page)) == {person}


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
    gate.write_text("go on")
    expect(one.locator(f"{ANSWERED} .ev-a")).to_contain_text("Honda")
    for page, other in ((one, "BYD"), (two, "patiently")):
        page.reload()
        ready(page)
        assert page.locator(".ev-turn").count() == 1
        assert other not in page.locator("#ev-chat").inner_text()


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
    found = [row for row in candidates(home) if row["comment"] == "There is newer news."]
    assert [(row["question"], row["verdict"], row["reason"], row["split"]) for row in found] == [
        (QUESTION, "bad", "old", "train")
    ]


def test_hostile_articles_stay_text_in_a_real_browser(open_page: Opener) -> None:
    page, watch = open_page("/?tab=library", server=2)
    inside = "#ev-found, #ev-live, #ev-past, #ev-reader, #ev-facts, .ev-barlists, #ev-list"
    expect(page.locator("#ev-found li")).to_have_count(10)
    page.locator("#ev-found [data-do=read]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Chat").click()
    page.get_by_role("button", name="Period, sources").click()
    page.get_by_label("Sources").click()  # opens the list of hostile names
    page.keyboard.press("Escape")
    for place, payload in enumerate(("", PAYLOADS[1])):
        question = (
            f"What did the mayor of Lutz call the plant of Zubrowka Motors? {payload}".strip()
        )
        ask(page, question, place)
    page.evaluate("document.querySelectorAll('.ev-card').forEach(card => { card.open = true; })")
    for selector in ("img", "script", "iframe", "svg", "style", "form", "object", "embed", "link"):
        assert page.locator(inside).locator(selector).count() == 0, selector
    odd = page.evaluate(
        "s => [...document.querySelectorAll(s)].flatMap(e => [...e.querySelectorAll('*')])"
        ".flatMap(e => [...e.attributes]).filter(a => a.name.startsWith('on') ||"
        " /^\\s*(javascript|data|vbscript):/i.test(a.value)).map(a => a.name + '=' + a.value)"
        ".filter(a => !a.startsWith('data-'))",
        inside,
    )
    assert odd == []
    assert page.evaluate("window.owned") is None
    assert "<img" in page.locator("#ev-live").inner_text()  # it is there, as text
    assert watch.quiet()


def test_the_page_answers_within_its_own_walls(servers: list[str]) -> None:
    page = httpx.get(servers[0])
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    scripts = re.findall(r"<script([^>]*)>", page.text)
    assert all(nonce[1] in attributes for attributes in scripts)
    assert (
        nonce[1]
        != re.search(r"'nonce-([^']+)'", httpx.get(servers[0]).headers["content-security-policy"])[
            1
        ]
    )  # type: ignore[index]
    outside = re.findall(r"(?:src|href|content)=\"(https?://[^\"]+)", page.text)
    assert outside == []
    for path in ("/etc/passwd", "../library.db", "app/ui.py"):
        for route in ("gradio_api/file=", "evnews/", "static/", "file="):
            assert httpx.get(f"{servers[0]}/{route}{path}").status_code in (403, 404), route + path
    rebound = httpx.get(servers[0], headers={"Host": "evil.example"})
    assert rebound.status_code == 421


def test_a_password_is_asked_for_where_one_is_set(servers: list[str]) -> None:
    address = servers[1]
    assert "auth_required" in httpx.get(address).text
    for path in ("/config", "/gradio_api/info", "/gradio_api/queue/data?session_hash=x"):
        assert httpx.get(address + path).status_code == 401, path
    body = {"data": ["a question"], "fn_index": 0, "session_hash": "x"}
    assert httpx.post(f"{address}/gradio_api/queue/join", json=body).status_code == 401
    wrong = httpx.post(f"{address}/login", data={"username": "reader", "password": "admin"})
    assert wrong.status_code == 400


def test_programs_get_the_three_named_endpoints(servers: list[str]) -> None:
    info = httpx.get(f"{servers[0]}/gradio_api/info").json()
    assert sorted(info["named_endpoints"]) == ["/ask", "/search", "/timeline"]
    assert info["unnamed_endpoints"] == {}
    answer = call(servers[0], "ask", [QUESTION, None, None, None, None, None])
    assert answer["answered"]
    assert all(statement["citations"] for statement in answer["statements"])
    found = call(servers[0], "search", ["BYD factory in Hungary", 3, None, None, None, None])
    assert 1 <= len(found) <= 3
    assert found[0]["article_id"] == "2023-12-22-byd-szeged-plant"
    events = call(servers[0], "timeline", ["Honda and Nissan", None, None, None])
    assert events == sorted(events, key=lambda event: event["day"])


def test_models_get_the_same_three_as_tools(servers: list[str]) -> None:
    pytest.importorskip("mcp")
    tools = httpx.get(f"{servers[3]}/gradio_api/mcp/schema").json()
    assert [tool["name"] for tool in tools] == ["ask", "search", "timeline"]
    asked = {"name": "search", "arguments": {"query": "BYD factory in Hungary", "limit": 1}}
    reply = httpx.post(
        f"{servers[3]}/gradio_api/mcp/",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked},
        headers={"Accept": "application/json, text/event-stream"},
        timeout=60,
    )
    assert "2023-12-22-byd-szeged-plant" in reply.text


def call(server: str, name: str, data: list[Any]) -> Any:
    """A named endpoint over plain HTTP, as any language can call it."""
    begun = httpx.post(f"{server}/gradio_api/call/{name}", json={"data": data}, timeout=60)
    events = httpx.get(
        f"{server}/gradio_api/call/{name}/{begun.json()['event_id']}", timeout=120
    ).text
    assert "event: complete" in events, events
    return json.loads(events.split("event: complete\ndata: ")[1].split("\n")[0])[0]


def test_the_timeline_is_cited(open_page: Opener) -> None:
    page, watch = open_page("/?tab=timeline&topic=Honda+and+Nissan")
    events = page.locator("#ev-tl-list .ev-events > li")
    expect(events.first).to_be_visible()
    assert events.count() >= 2
    shown = [e.get_attribute("datetime") for e in page.locator("#ev-tl-list time").all()]
    assert shown == sorted(shown, key=str)
    events.first.locator("summary").click()
    expect(events.first.locator("mark")).to_be_visible()
    expect(page.locator("#ev-tl-plot .js-plotly-plot .points path").first).to_be_attached()
    assert watch.quiet()


def test_the_quality_tab_shuts_the_report_in(open_page: Opener, home: Path) -> None:
    page, watch = open_page("/?tab=quality")
    expect(page.locator("#ev-report")).to_contain_text("evnews eval run")
    (home / "quality").mkdir()
    (home / "quality" / "report.html").write_text(
        "<h1>Report of today</h1><script>parent.owned = 1</script><img src=x onerror='parent.owned=1'>"
    )
    page.get_by_role("button", name="Load again").click()
    frame = page.frame_locator("#ev-report iframe")
    expect(frame.get_by_role("heading")).to_have_text("Report of today")
    assert page.evaluate("window.owned") is None
    assert watch.dialogs == []
