// The page's own script: conversations kept in this browser, the address, and what clicks in our
// HTML do. Text goes into the page by textContent only; all HTML comes escaped from the server.
"use strict";
window.evnews = (() => {
  const PREFIX = "evnews.c.";
  const MOST = 50; // conversations kept
  const TABS = ["chat", "timeline", "library", "quality"];
  const state = { id: null, turns: [], stored: null, editing: null, question: null, mode: null, waiting: {}, opener: null, restoring: null, restored: null, old: null, tops: {} };

  const $ = (selector, root = document) => root.querySelector(selector);
  const newId = () => Date.now().toString(36) + Math.random().toString(36).slice(2, 8);

  // -- storage ------------------------------------------------------------------------------

  function read(key, store = localStorage) {
    try { return JSON.parse(store.getItem(key)); } catch { return null; }
  }

  function conversations() {
    const found = [];
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      if (!key.startsWith(PREFIX)) continue;
      const one = read(key);
      if (one && Array.isArray(one.turns)) found.push(one);
    }
    return found.sort((a, b) => b.at - a.at);
  }

  function store() {
    if (!state.turns.length) return;
    // Another tab of this browser went on with this conversation: ours goes on beside it.
    const there = localStorage.getItem(PREFIX + state.id);
    if (there !== null && there !== state.stored) state.id = newId();
    const one = { id: state.id, at: Date.now(), title: state.turns[0].question, turns: state.turns };
    const text = state.stored = JSON.stringify(one);
    for (const old of conversations().slice(MOST)) localStorage.removeItem(PREFIX + old.id);
    for (;;) {
      try { localStorage.setItem(PREFIX + state.id, text); break; } catch {
        // Full: let go of the oldest conversation, never of this one.
        const oldest = conversations().filter((c) => c.id !== state.id).pop();
        if (!oldest) break;
        localStorage.removeItem(PREFIX + oldest.id);
      }
    }
    sessionStorage.setItem("evnews.id", state.id);
  }

  function choose(id, turns) {
    state.id = id;
    state.turns = turns;
    state.stored = localStorage.getItem(PREFIX + id);
    state.old = null;
    editing(null);
    sessionStorage.setItem("evnews.id", id);
  }

  // -- the address --------------------------------------------------------------------------

  function address(changes) {
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(changes)) {
      query.delete(key);
      for (const one of Array.isArray(value) ? value : [value]) if (one) query.append(key, one);
    }
    const text = query.toString();
    history.replaceState(null, "", location.pathname + (text ? "?" + text : ""));
  }

  // -- to the server ------------------------------------------------------------------------

  function act(name, value) {
    state.waiting[name] = typeof value === "string" ? value : JSON.stringify(value);
    const button = $("#do-" + name);
    (button.matches("button") ? button : $("button", button) || button).click();
  }

  // Puts the conversation on the page; `asking` waits until it is there.
  function restore() {
    let late;
    state.restoring = new Promise((done) => {
      state.restored = done;
      late = setTimeout(done, 10000);
    }).then(() => { clearTimeout(late); state.restoring = null; });
    act("restore", JSON.stringify(state.turns));
  }

  const restored = () => { if (state.restored) state.restored(); };

  const take = (name) => state.waiting[name] || "";

  function boot() {
    const query = new URLSearchParams(location.search);
    const id = sessionStorage.getItem("evnews.id");
    const kept = id && read(PREFIX + id);
    const asked = query.get("q");
    const last = kept && kept.turns && kept.turns.length ? kept.turns[kept.turns.length - 1] : null;
    if (last && (!asked || last.question === asked)) choose(id, kept.turns);
    else choose(newId(), []);
    return JSON.stringify({ query: location.search, turns: JSON.stringify(state.turns) });
  }

  function opened(flag) {
    rail();
    dress();
    document.body.dataset.ready = "1";
    if (flag === "ask") $("#ev-send").click();
    if (flag === "topic") $("#ev-tl-go").click();
    if (flag === "read") act("read", { id: new URLSearchParams(location.search).get("article") });
  }

  async function asking(given) {
    const [typed, after, before, asOf, sources, chosen] = given;
    // What is being put back on the page comes first, or it would overwrite the answer.
    await state.restoring;
    // One at a time: an empty question asks nothing and changes nothing.
    const question = state.question ?? typed;
    const mode = state.mode ?? chosen;
    state.question = state.mode = null;
    if (document.body.dataset.busy) return ["", "", ...given.slice(1)];
    const base = state.editing === null ? state.turns : state.turns.slice(0, state.editing);
    if ((question || "").trim()) {
      address({
        q: question.trim(), from: after, to: before, asof: asOf, source: sources || [],
        mode: mode === "quotes" ? "" : mode, article: "",
      });
      state.turns = base;
      editing(null);
      state.old = markOf($(LIVE));
      busy(true);
      say("Reading the news");
    }
    return [JSON.stringify(base), question, after, before, asOf, sources, mode];
  }

  // While an answer is under way its button stops it; who was on the one is put on the other, and
  // so is who was on what the answer takes the place of (an example, Ask again).
  function busy(on) {
    if (on) document.body.dataset.busy = "1"; else delete document.body.dataset.busy;
    const [shown, hidden] = on ? ["#ev-stop", "#ev-send"] : ["#ev-send", "#ev-stop"];
    const focused = document.activeElement;
    if (focused === $(hidden) || (on && focused.closest("#ev-live"))) $(shown).focus({ preventScroll: true });
  }

  // The period, sources and mode as they are now: in the address, and told while they are hidden.
  function limits([after, before, asOf, sources, mode]) {
    const plain = mode === "quotes" || !mode ? "" : mode;
    if (document.body.dataset.ready) address({ from: after, to: before, asof: asOf, source: sources || [], mode: plain });
    const told = [
      after && `from ${spoken(after)}`, before && `to ${spoken(before)}`, asOf && `as of ${spoken(asOf)}`,
      sources && sources.length ? (sources.length > 2 ? `${sources.length} sources` : sources.join(", ")) : "",
      plain ? "in written sentences" : $("#ev-mode") && "in quotes", // only where there is a choice
    ].filter(Boolean).join(", ");
    $("#ev-limits-now").textContent = told;
  }

  function spoken(day) {
    const found = new Date(`${day}T12:00:00Z`);
    return Number.isNaN(found.getTime()) ? day
      : found.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  }

  function topic(given) {
    address({ topic: given[0], from: given[1], to: given[2], asof: given[3], tab: "timeline" });
    return given;
  }

  // What the newest turn is, or the mark of a question that was refused.
  const LIVE = "#ev-live .ev-turn[data-turn], #ev-live [data-refused]";
  const markOf = (live) => (live ? live.dataset.turn || live.dataset.refused : null);

  // What the live turn says it is, goes into the browser's store.
  function keep() {
    const live = $(LIVE);
    if (!live || state.restoring) return; // what is there belongs to the conversation before
    if (markOf(live) === state.old) return; // the turn before: the new one is not here yet
    state.old = null; // the new one may end just as the one before did
    if (live.dataset.refused) { // no turn: the conversation stays as it is
      if (document.body.dataset.busy) busy(false);
      return;
    }
    const place = Number(live.dataset.place);
    let turn;
    try { turn = JSON.parse(live.dataset.turn); } catch { return; }
    const before = state.turns[place];
    if (JSON.stringify(before) === JSON.stringify(turn)) return; // kept already
    if (before && before.state === "stopped" && turn.state === "asking") return;
    // The last words of an answer that was left for another conversation belong to nobody.
    if (!document.body.dataset.busy && !(before && before.question === turn.question)) return;
    const fresh = !before || before.question !== turn.question || before.state !== turn.state;
    state.turns = [...state.turns.slice(0, place), turn];
    store();
    const asked = turn.state === "asking";
    if (asked && fresh) show(live);
    if (!asked) {
      busy(false);
      if (fresh) say(outcome(turn));
    }
    if (fresh) rail();
  }

  function outcome(turn) {
    if (turn.state === "failed") return turn.message;
    if (!turn.answer) return "Stopped";
    const count = turn.answer.citations.length;
    return turn.answer.answered
      ? `Answer ready, with ${count} source${count === 1 ? "" : "s"}`
      : "No answer in the news; the nearest coverage is shown";
  }

  function stopped() {
    const live = $("#ev-live .ev-turn[data-turn]");
    if (!document.body.dataset.busy) return;
    busy(false);
    if (!live || live.dataset.state !== "asking") return;
    const place = Number(live.dataset.place);
    const turn = { ...JSON.parse(live.dataset.turn), state: "stopped" };
    state.turns = [...state.turns.slice(0, place), turn];
    store();
    say("Stopped");
    restore();
  }

  // Whoever leaves a conversation stops its answer: it would be written into the next one.
  function leave() {
    if (!document.body.dataset.busy) return;
    stopped();
    $("#ev-stop").click();
  }

  // The next question takes the place of this one, and of all after it; null for none.
  function editing(place) {
    state.editing = place;
    const told = $("#ev-editing");
    if (!told) return;
    told.hidden = place === null;
    const later = place === null ? 0 : state.turns.length - 1 - place;
    $("span", told).textContent = later > 0
      ? `Asking again from here: ${later} later ${later === 1 ? "answer goes" : "answers go"}.` : "Asking this one again.";
  }

  // -- what is seen -------------------------------------------------------------------------

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function show(element) {
    element.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
  }

  function say(text) {
    let box = $("#ev-status");
    if (!box) {
      box = document.createElement("div");
      box.id = "ev-status";
      box.className = "ev-sr";
      box.setAttribute("role", "status");
      document.body.append(box);
    }
    box.textContent = text;
  }

  function button(text, doing, data = {}, label = "") {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.dataset.do = doing;
    Object.assign(made.dataset, data);
    if (label) made.setAttribute("aria-label", label);
    return made;
  }

  function rail() {
    const list = $("#ev-list");
    if (!list) return;
    const focused = [...list.querySelectorAll("button")].indexOf(document.activeElement);
    list.replaceChildren(...conversations().map((one) => {
      const item = document.createElement("li");
      const open = button(one.title, "open", { id: one.id });
      open.title = one.title;
      if (one.id === state.id) open.setAttribute("aria-current", "true");
      const drop = button("×", "drop", { id: one.id }, `Delete the conversation ${one.title}`);
      item.append(open, drop);
      return item;
    }));
    // Drawn anew, the list would let go of the focus; after a deletion the next one has it.
    const left = [...list.querySelectorAll("button")];
    if (focused >= 0) (left[Math.min(focused, left.length - 1)] || $(".ev-new")).focus();
    $(".ev-rail-foot").hidden = !state.turns.length; // it is about the open conversation
  }

  // What Gradio can't write: the browser's own date picker, which panel is which tab's, and what
  // two controls are called, and which are hidden (a library of one source has none to choose).
  function dress() {
    for (const box of document.querySelectorAll(".ev-day input:not([type=date])")) box.type = "date";
    for (const name of TABS) {
      const panel = $("#ev-panel-" + name);
      if (!panel || panel.getAttribute("role")) continue;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", "ev-tab-" + name);
    }
    const mode = $("#ev-mode");
    if (mode && !mode.hasAttribute("aria-label")) mode.setAttribute("aria-label", "How to answer");
    const limits = $("[data-do=limits]");
    if (limits) {
      const held = ["Period", $("#ev-sources") && "sources", mode && "how to answer"].filter(Boolean);
      const name = held.join(", ").replace(/, ([^,]*)$/, " and $1");
      if (limits.textContent !== name) limits.textContent = name;
    }
    if (!document.body.dataset.dressed && $("#ev-tab-chat")) {
      document.body.dataset.dressed = "1";
      tab(document.body.dataset.tab);
    }
  }

  // What the library was found to hold, at the top of the page too.
  function line() {
    const told = $("#ev-facts [data-line]");
    const shown = $("#ev-dateline");
    if (told && shown && shown.textContent !== told.dataset.line) shown.textContent = told.dataset.line;
  }

  // Each tab keeps its own place on the page.
  function tab(name) {
    const before = document.body.dataset.tab;
    state.tops[before] = scrollY;
    document.body.dataset.tab = name;
    for (const one of document.querySelectorAll("#ev-tabs [role=tab]")) {
      one.setAttribute("aria-selected", String(one.dataset.tab === name));
      one.tabIndex = one.dataset.tab === name ? 0 : -1;
    }
    if (before === name) return;
    address({ tab: name === "chat" ? "" : name });
    scrollTo({ top: state.tops[name] || 0, behavior: "instant" });
    if (name === "library" || name === "quality") act(name, "");
    if (name === "timeline") dispatchEvent(new Event("resize")); // its chart may have been drawn unseen
  }

  function save(text, kind = "markdown", name = "ev-news-chat", ending = "md") {
    const made = document.createElement("a");
    made.href = URL.createObjectURL(new Blob([text], { type: "text/" + kind }));
    made.download = `${name}-${new Date().toISOString().slice(0, 10)}.${ending}`;
    made.click();
    setTimeout(() => URL.revokeObjectURL(made.href), 10000);
  }

  function openReader() {
    const dialog = $("#ev-reader dialog");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    dialog.addEventListener("close", () => {
      address({ article: "" });
      if (state.opener && state.opener.isConnected) state.opener.focus();
    });
    address({ article: dialog.dataset.article });
    const mark = $("mark", dialog);
    $("h2", dialog).focus({ preventScroll: true });
    if (mark) mark.scrollIntoView({ block: "center" });
  }

  function openCard(id) {
    const card = document.getElementById(id);
    if (!card) return;
    card.open = true;
    card.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "nearest" });
    $("summary", card).focus({ preventScroll: true });
    card.classList.remove("ev-flash");
    void card.offsetWidth; // lets the same animation run again
    card.classList.add("ev-flash");
  }

  function reasons(place, box) {
    const form = document.createElement("form");
    const label = document.createElement("label");
    label.textContent = "What was wrong? ";
    const select = document.createElement("select");
    for (const [value, text] of [
      ["wrong", "It is wrong"],
      ["unanswered", "The library has the answer, but it was not found"],
      ["invented", "There is no answer, and it gave one"],
      ["old", "It is out of date"],
      ["beside", "It answers something else"],
    ]) select.add(new Option(text, value));
    label.append(select);
    const note = document.createElement("input");
    note.maxLength = 1000;
    note.placeholder = "In your words (optional)";
    note.setAttribute("aria-label", "In your words");
    const send = document.createElement("button");
    send.textContent = "Send";
    form.append(label, note, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      rate(place, "bad", select.value, note.value);
    });
    box.replaceChildren(form);
    box.hidden = false;
    select.focus();
  }

  function rate(place, verdict, reason = "", comment = "") {
    act("rate", { turns: JSON.stringify(state.turns), place, verdict, reason, comment });
  }

  // Kept by the server: only now is it shown as given, and it stays with its turn.
  function rated(told) {
    const { answer, verdict } = JSON.parse(told);
    const place = state.turns.findIndex((turn) => turn.answer && turn.answer.id === answer);
    const turn = $(`.ev-turn[data-place="${place}"]`);
    if (!turn) return; // the conversation was left meanwhile
    state.turns[place] = { ...state.turns[place], verdict };
    store();
    if (turn.dataset.turn) turn.dataset.turn = JSON.stringify(state.turns[place]);
    for (const thumb of turn.querySelectorAll("[data-do=rate]")) {
      thumb.setAttribute("aria-pressed", String(thumb.dataset.verdict === verdict));
    }
    const box = $(".ev-reason", turn);
    box.textContent = "Thank you. It is kept with the library.";
    box.hidden = false;
    say(box.textContent);
  }

  function dark(on) {
    document.body.classList.toggle("dark", on);
    const toggle = $("[data-do=theme]");
    if (toggle) {
      toggle.textContent = on ? "Light" : "Dark"; // what it does, not what is
      toggle.setAttribute("aria-label", `${toggle.textContent} colours`);
    }
  }

  function ask(question, mode = null) {
    state.question = question;
    state.mode = mode; // null for the one that is chosen
    $("#ev-send").click();
  }

  function type(text) {
    const box = $("#ev-question textarea, #ev-question input");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  // What can't be undone is asked for first: the button turns into the question until it is left.
  function sure(element, question) {
    if (element.dataset.sure) {
      element.dispatchEvent(new Event("blur"));
      return true;
    }
    const before = { html: element.innerHTML, label: element.getAttribute("aria-label") };
    element.dataset.sure = "1";
    element.textContent = question;
    if (before.label) element.setAttribute("aria-label", `${question} ${before.label}`);
    element.focus();
    element.addEventListener("blur", () => {
      delete element.dataset.sure;
      element.innerHTML = before.html;
      if (before.label) element.setAttribute("aria-label", before.label);
    }, { once: true });
    return false;
  }

  const doing = {
    example: (d) => ask(d.question, "quotes"), // trying the page out costs nobody anything
    edit: (d) => {
      if (document.body.dataset.busy) return;
      editing(Number(d.place));
      type(d.question);
    },
    keep: () => { editing(null); type(""); },
    again: (d) => {
      if (document.body.dataset.busy) return;
      const place = Number(d.place);
      state.editing = place;
      ask(state.turns[place].question);
    },
    new: () => { fresh(); },
    open: (d) => {
      const kept = read(PREFIX + d.id);
      if (!kept) return rail();
      leave();
      choose(kept.id, kept.turns);
      address({ q: "", article: "" });
      restore();
      rail();
      closeRail();
    },
    drop: (d, element) => {
      if (!sure(element, "Delete?")) return;
      if (d.id === state.id) leave();
      localStorage.removeItem(PREFIX + d.id);
      if (d.id === state.id) fresh(); else rail();
    },
    clear: (_, element) => {
      if (!sure(element, "Really delete it?")) return;
      leave();
      localStorage.removeItem(PREFIX + state.id);
      fresh();
    },
    export: () => { if (state.turns.length) act("export", JSON.stringify(state.turns)); },
    card: (d) => openCard(d.card),
    read: (d, element) => {
      if (!element.closest("dialog")) state.opener = element;
      act("read", { id: d.id, revision: d.revision, start: d.start, end: d.end });
    },
    close: (_, element) => element.closest("dialog").close(),
    forget: (d, element) => {
      if (!sure(element, "Really remove it?")) return;
      element.closest("dialog").close();
      act("forget", { id: d.id });
    },
    feed: (d) => act("feed", { url: d.url, on: d.on }),
    rate: (d, element) => {
      if (d.verdict === "good") rate(Number(d.place), "good");
      else reasons(Number(d.place), $(".ev-reason", element.closest(".ev-turn")));
    },
    tab: (d) => tab(d.tab),
    skip: () => { tab("chat"); $("#ev-question textarea, #ev-question input").focus(); },
    limits: (_, element) => {
      const open = document.body.toggleAttribute("data-limits");
      element.setAttribute("aria-expanded", String(open));
    },
    report: () => {
      // Without the style at its end, which hides what does not work in the frame.
      const framed = $("#ev-report iframe").srcdoc;
      save(framed.slice(0, framed.lastIndexOf("<style")), "html", "ev-news-chat-quality", "html");
    },
    theme: () => {
      const on = !document.body.classList.contains("dark");
      localStorage.setItem("evnews.theme", on ? "dark" : "light");
      dark(on);
    },
    rail: (_, element) => {
      const open = $(".ev-rail").classList.toggle("ev-open");
      element.setAttribute("aria-expanded", String(open));
    },
  };

  function closeRail() {
    const toggle = $(".ev-rail-toggle");
    if ($("#ev-list").contains(document.activeElement)) toggle.focus(); // where there is one
    $(".ev-rail").classList.remove("ev-open");
    toggle.setAttribute("aria-expanded", "false");
  }

  function fresh() {
    leave();
    choose(newId(), []);
    address({ q: "", article: "" });
    restore();
    rail();
    closeRail();
    type("");
  }

  document.addEventListener("click", (event) => {
    // Beside the reader, on what it dims: a click there closes it.
    if (event.target.matches("dialog.ev-reader") && event.clientX < event.target.getBoundingClientRect().left) event.target.close();
    const element = event.target.closest("[data-do]");
    if (!element || !(element.dataset.do in doing)) return;
    event.preventDefault();
    doing[element.dataset.do](element.dataset, element);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.editing !== null && event.target.closest("#ev-question")) doing.keep();
    if (!event.target.matches("#ev-tabs [role=tab]")) return;
    const at = TABS.indexOf(event.target.dataset.tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const name = TABS[(to + TABS.length) % TABS.length];
    tab(name);
    $("#ev-tab-" + name).focus();
  });

  // Another tab of this browser may have changed the list.
  addEventListener("storage", rail);

  document.addEventListener("DOMContentLoaded", () => {
    const theme = localStorage.getItem("evnews.theme");
    const asked = new URLSearchParams(location.search).get("tab");
    document.body.dataset.tab = TABS.includes(asked) ? asked : "chat";
    new MutationObserver(() => {
      dress();
      line();
      keep();
      const toggle = $("[data-do=theme]");
      if (toggle && !toggle.dataset.set) {
        toggle.dataset.set = "1";
        dark(theme ? theme === "dark" : document.body.classList.contains("dark"));
      }
    }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-turn"] });
  });

  return { boot, opened, asking, limits, topic, take, stopped, restored, rated, save, openReader };
})();
