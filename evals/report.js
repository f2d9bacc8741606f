"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const body = at("rows");
  let order = { key: "right", up: true };

  // Everything that comes from questions and articles goes through textContent.
  const make = (tag, kind, text) => {
    const node = document.createElement(tag);
    if (kind) node.className = kind;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const add = (parent, ...children) => { parent.append(...children.filter(Boolean)); return parent; };
  const heading = (text) => make("h4", "", text);

  for (const row of data) {
    row.recall = row.measures.fact_recall ?? null;
    row.text = [row.id, row.category, row.question, ...row.turns, row.reason, row.standalone,
      ...row.statements.map((s) => s.text), ...row.citations.map((c) => c.title),
      ...row.gold.quotes, ...row.gold.articles, ...row.facts.map((f) => f.text)].join("\n").toLowerCase();
  }
  const fill = (id, values) => {
    for (const value of [...new Set(values)].sort()) {
      const option = make("option", "", value);
      option.value = value;
      at(id).append(option);
    }
  };
  fill("category", data.map((row) => row.category));
  fill("stage", data.filter((row) => row.loss).map((row) => row.loss[0]));

  const fits = (row) => {
    const words = at("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const result = at("result").value;
    const results = { "": true, right: row.right, wrong: !row.right, answered: row.answered, refused: !row.answered };
    return words.every((word) => row.text.includes(word)) && results[result]
      && (!at("category").value || row.category === at("category").value)
      && (!at("stage").value || (row.loss && row.loss[0] === at("stage").value));
  };
  const compare = (a, b) => {
    const [x, y] = [a[order.key], b[order.key]];
    if (x === null || y === null) return (x === null) - (y === null);
    const sign = typeof x === "string" ? x.localeCompare(y) : x - y;
    return (order.up ? sign : -sign) || a.id.localeCompare(b.id);
  };

  const show = () => {
    const found = data.filter(fits).sort(compare);
    const wrong = found.filter((row) => !row.right).length;
    at("count").textContent = `${found.length} of ${data.length}, ${wrong} wrong`;
    at("none").hidden = found.length > 0;
    body.replaceChildren(...found.map(line));
    for (const button of document.querySelectorAll("[data-key]")) {
      const own = button.dataset.key === order.key;
      button.parentElement.setAttribute("aria-sort", own ? (order.up ? "ascending" : "descending") : "none");
    }
    const kept = ["find", "result", "category", "stage"].filter((id) => at(id).value)
      .map((id) => `${id}=${encodeURIComponent(at(id).value)}`).join("&");
    history.replaceState(null, "", kept ? `#${kept}` : location.pathname + location.search);
  };

  const number = (name, value) => {
    const cell = make("td", "num", value);
    cell.dataset.name = name;
    return cell;
  };
  const line = (row) => {
    const tr = make("tr", "row");
    const open = make("button", "open", row.question);
    open.type = "button";
    open.setAttribute("aria-expanded", "false");
    const question = add(make("td"), open);
    if (row.turns.length) question.append(make("span", "why", `after: ${row.turns.join(" / ")}`));
    if (row.as_of) question.append(make("span", "why", `as of ${row.as_of}`));
    const result = add(make("td"), make("span", `tag ${row.right ? "good" : "bad"}`,
      `${row.right ? "right" : "wrong"}${row.answered ? "" : ", refused"}`));
    if (row.loss) result.append(make("span", "why", row.loss[0]));
    const told = row.facts.length ? `${row.facts.filter((f) => f.found).length}/${row.facts.length}` : "";
    add(tr, make("td", "mono", row.id), make("td", "", row.category), question, result,
      number("facts", told), number("p", row.p === null ? "" : row.p.toFixed(2)),
      number("ms", row.ms === null || row.ms === undefined ? "" : Math.round(row.ms)));
    tr.addEventListener("click", (event) => {
      if (event.target.closest("a") || String(getSelection())) return;
      const next = tr.nextElementSibling;
      const shown = next && next.classList.contains("detail");
      open.setAttribute("aria-expanded", String(!shown));
      if (shown) next.remove(); else tr.after(detail(row));
    });
    return tr;
  };

  const quote = (citation) => {
    const block = make("blockquote");
    const [start, end] = [citation.answer_start, citation.answer_end];
    if (start === null || end === null) block.append(citation.quote);
    else add(block, citation.quote.slice(0, start), make("mark", "", citation.quote.slice(start, end)), citation.quote.slice(end));
    const foot = make("footer", "", `[${citation.n}] ${citation.source}, ${citation.published ?? "no date"} · `);
    if (/^https?:\/\//i.test(citation.url ?? "")) {
      const link = make("a", "", citation.title);
      link.href = citation.url;
      link.rel = "noopener noreferrer nofollow";
      link.target = "_blank";
      foot.append(link);
    } else foot.append(citation.title);
    return add(block, foot);
  };
  const list = (items, text) => {
    const ul = make("ul");
    for (const item of items) ul.append(make("li", "", text(item)));
    return ul;
  };
  const detail = (row) => {
    const left = make("div");
    const right = make("div");
    left.append(heading(row.answered ? "Answer" : "Refused"));
    if (!row.answered) left.append(make("p", "", row.error ?? row.reason ?? ""));
    const quotes = row.citations.map((c) => c.quote.replace(/\s+/g, " ").trim());
    for (const statement of row.statements) {
      if (!quotes.includes(statement.text)) left.append(make("p", "", `${statement.text} ${statement.citations.map((n) => `[${n}]`).join("")}`));
    }
    left.append(...row.citations.map(quote));
    if (row.notes.length) add(left, heading("Notes"), list(row.notes, (note) => note));
    if (row.nearest.length) add(left, heading("Nearest coverage shown"), list(row.nearest, (c) => `${c.title} (${c.source}, ${c.published ?? "no date"})`));
    if (row.loss) {
      add(right, heading("Why it is wrong"), make("p", "", row.loss[1] ? `${row.loss[0]}: ${row.loss[1]}` : row.loss[0]));
    }
    if (row.facts.length) {
      const facts = make("p");
      for (const fact of row.facts) add(facts, make("span", `tag ${fact.found ? "good" : "bad"}`, `${fact.found ? "✓" : "✗"} ${fact.text}`), " ");
      add(right, heading("Gold facts"), facts);
    }
    if (!row.answerable) add(right, heading("Gold"), make("p", "", "no answer: it should refuse"));
    row.gold.quotes.forEach((text, i) => {
      const block = make("blockquote", "gold", text);
      const rank = row.gold.ranks[i];
      right.append(add(block, make("footer", "", rank ? `gold sentence, found at rank ${rank}` : "gold sentence, not found")));
    });
    if (row.gold.articles.length) add(right, make("p", "mono", row.gold.articles.join(", ")));
    if (row.standalone && row.standalone !== row.question) add(right, heading("Understood as"), make("p", "", row.standalone));
    if (row.window) add(right, heading("Period understood"), make("p", "", `${row.window.after ?? "…"} to ${row.window.before ?? "…"}`));
    const read = make("details");
    add(read, make("summary", "", `Articles read (${row.read.length})`), list(row.read, (p) => `${row.gold.articles.includes(p.id) ? "★ " : ""}${p.title} (${p.published ?? "no date"})`));
    const measures = Object.entries({ ...row.measures, ...row.judged }).map(([name, value]) => `${name} ${value}`).join(" · ");
    add(right, read, heading("Measures"), make("p", "measures", measures));
    const cell = add(make("td"), add(make("div", "two"), left, right));
    cell.colSpan = 7;
    return add(make("tr", "detail"), cell);
  };

  const follow = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const id of ["find", "result", "category", "stage"]) at(id).value = asked.get(id) ?? "";
    show();
  };
  // A bar of a plot leads to its questions.
  addEventListener("hashchange", () => {
    follow();
    document.querySelector(".filters").scrollIntoView({ behavior: "smooth" });
  });
  for (const id of ["find", "result", "category", "stage"]) at(id).addEventListener("input", show);
  at("clear").addEventListener("click", () => {
    for (const id of ["find", "result", "category", "stage"]) at(id).value = "";
    show();
  });
  for (const button of document.querySelectorAll("[data-key]")) {
    button.addEventListener("click", () => {
      order = { key: button.dataset.key, up: order.key === button.dataset.key ? !order.up : true };
      show();
    });
  }
  at("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  follow();
})();
