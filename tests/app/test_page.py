"""The page in a real browser, as a newcomer, a phone, a keyboard and an attacker meet it."""

import re
import sys
from pathlib import Path

import pytest
from browsing import ANSWERED, QUESTION, Opener, ask
from payloads import PAYLOADS
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent.parent / "corpus"))
from server import page as article_page
from server import running


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
    page.get_by_role("button", name="Period").click()
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


def test_a_very_long_question_leaves_its_answer_on_the_screen(open_page: Opener) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    question = f"{QUESTION} " + "And what came of the plan of the two carmakers? " * 30
    turn = ask(page, question.strip())  # which sees that all of it is there
    turn.scroll_into_view_if_needed()
    expect(turn.locator(".ev-a p").first).to_be_in_viewport()
    heading = turn.locator("h2")
    heading.focus()  # so that keys can scroll to its end
    assert page.evaluate("document.activeElement.tagName") == "H2"


@pytest.mark.parametrize("size", [(320, 256), (640, 360)])  # as zoomed in four times, and twice
def test_a_low_window_keeps_room_for_what_is_read(open_page: Opener, size: tuple[int, int]) -> None:
    width, height = size
    page, _ = open_page(server=3, viewport={"width": width, "height": height})
    page.get_by_role("button", name="Period").click()
    box = page.locator("#ev-composer").bounding_box()
    assert box is not None
    assert box["y"] > 0
    page.get_by_label("Written by").check()  # scrolls to it
    page.get_by_label("As if it were").fill("2024-04-01")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # The words that stand in the empty box fit into it.
    assert page.get_by_label("Your question").evaluate("e => e.scrollHeight <= e.clientHeight")


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


def test_what_is_drawn_anew_keeps_the_focus(open_page: Opener) -> None:
    page, _ = open_page()

    def on(selector: str) -> None:
        page.wait_for_function("s => document.activeElement.matches(s)", arg=selector)

    page.locator("[data-do=example]").first.focus()
    page.keyboard.press("Enter")
    page.locator(ANSWERED).wait_for()
    on("#ev-send")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("[data-do=example]").first).to_be_visible()
    ask(page, QUESTION)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#ev-list li")).to_have_count(2)
    page.locator("#ev-list [data-do=drop]").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # it asks back
    expect(page.locator("#ev-list li")).to_have_count(1)
    on("#ev-list [data-do=drop]")
    page.locator("#ev-list [data-do=open]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{ANSWERED} h2")).to_have_text(QUESTION)
    on("#ev-list [aria-current]")


def test_a_click_beside_the_reader_closes_it(open_page: Opener) -> None:
    page, _ = open_page("/?tab=library")
    page.locator("#ev-found [data-do=read]").first.click()
    reader = page.get_by_role("dialog")
    expect(reader).to_be_visible()
    box = reader.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 12, box["y"] + box["height"] - 8)  # on the paper itself: it stays
    expect(reader).to_be_visible()
    page.mouse.click(box["x"] - 40, 300)
    expect(reader).to_be_hidden()
    expect(page.locator("#ev-found [data-do=read]").first).to_be_focused()


def test_hostile_articles_stay_text_in_a_real_browser(open_page: Opener) -> None:
    page, watch = open_page("/?tab=library", server=2)
    inside = "#ev-found, #ev-live, #ev-past, #ev-reader, #ev-facts, .ev-barlists, #ev-list"
    expect(page.locator("#ev-found li")).to_have_count(10)
    page.locator("#ev-found [data-do=read]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Chat").click()
    page.get_by_role("button", name="Period").click()
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


def test_an_empty_library_says_so_wherever_it_is_asked(open_page: Opener) -> None:
    page, watch = open_page(server=4)
    welcome = page.locator(".ev-welcome")
    expect(welcome).to_contain_text("The library is empty")
    assert "EV News Digest" not in welcome.inner_text()  # which it does not hold
    expect(ask(page, QUESTION)).to_contain_text("The library holds no articles yet")
    page.get_by_role("tab", name="Timeline").click()
    page.get_by_label("Topic").fill("Honda and Nissan")
    page.get_by_label("Topic").press("Enter")
    expect(page.locator("#ev-tl-list")).to_contain_text("The library holds no articles yet")
    page.get_by_role("tab", name="Library").click()
    expect(page.locator("#ev-facts")).to_contain_text("Nothing here yet")
    assert watch.quiet()


def test_an_update_without_feeds_says_what_to_press(open_page: Opener) -> None:
    page, _ = open_page("/?tab=library")
    page.get_by_role("button", name="Update now").click()
    expect(page.locator("#ev-job")).to_contain_text("turn on the default feeds")


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
    # As a file it is whole again: what does not work in the frame is hidden only there.
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save it as a file").click()
    file = home / "quality" / "report.html"
    assert Path(saved.value.path()).read_text("utf-8") == file.read_text("utf-8")
