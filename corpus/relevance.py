"""Is this EV news? A rule that can be read: terms and names, points, a threshold.

A term in the title counts three points, in the text one (twice or more: two). The name of a
company that builds nothing else counts three points in the title, any other name of the industry
one; in the text each counts a half, and all of them together one point at the most. From three
points on a text is EV news, provided that it holds a term or a name that only this industry uses:
other makers' names also stand in sports and stock-market reports.
"""

import re
from dataclasses import dataclass

from corpus.names import find_names

THRESHOLD = 3.0
OPENING = 3000  # characters of the text that count: what an article is about stands early

TERMS: dict[str, tuple[str, ...]] = {
    "EV": (r"(?-i:B?EVs?|PHEVs?|NEVs?|EREVs?)",),  # capitals only
    "electric vehicle": (
        r"electric (?:motor)?(?:vehicles?|cars?|trucks?|vans?|bus(?:es)?|suvs?|pick-?ups?|sedans?)",
        r"electric (?:hatchbacks?|crossovers?|motorcycles?|scooters?|fleets?|mobility|models?)",
        r"electric (?:drivetrains?|powertrains?|lorr(?:y|ies)|tractors?|ferr(?:y|ies)|aircraft)",
    ),
    "e-mobility": (r"e-?mobility", r"electromobility", r"electrif\w+ of (?:transport|fleets?)"),
    "plug-in hybrid": (r"plug-?in(?: hybrids?| vehicles?| cars?)",),
    "zero-emission vehicle": (r"zero[- ]emissions? (?:vehicles?|cars?|trucks?|vans?|bus(?:es)?)",),
    "charging": (
        r"(?:ev|fast|rapid|dc|ultra-?fast|home|public|depot|vehicle|kerbside|curbside|megawatt)"
        r"[- ]charg(?:ing|ers?)",
        r"charging (?:stations?|points?|networks?|hubs?|infrastructure|stalls?|piles?|ports?)",
        r"chargepoints?",
        r"superchargers?",
        r"vehicle-to-(?:grid|home|load)",
        r"V2[GHLX]",
    ),
    "battery": (
        r"(?:traction|ev|car|vehicle|solid[- ]state|lithium[- ]ion|li-ion|sodium[- ]ion|lfp|nmc)"
        r" batter(?:y|ies)",
        r"battery (?:cells?|packs?|plants?|makers?|factor(?:y|ies)|swap\w*|electric|materials?)",
        r"battery (?:recycling|supply chain|chemistry|passports?|production|manufactur\w+)",
        r"gigafactor(?:y|ies)",
        r"cathode (?:active )?materials?",
        r"(?:lithium|cobalt|nickel) (?:prices?|mines?|suppl(?:y|ies))",
    ),
    "range": (
        r"range anxiety",
        r"\d{2,4}[- ](?:miles?|km|kilomet(?:er|re)s?) (?:of )?range",
        "WLTP",
    ),
    "robotaxi": (r"robo-?taxis?",),
}
_PATTERNS = {
    label: re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.I) for label, patterns in TERMS.items()
}
# Makers that build nothing else, and what the name list holds of cars, laws and technology: each
# of these says "EV" by itself. Measures and general laws in that list do not.
_OWN = {
    *("Tesla", "Rivian", "Lucid", "Polestar", "BYD", "NIO", "XPeng", "Li Auto", "VinFast", "CATL"),
    *("Northvolt", "QuantumScape", "ChargePoint", "Electrify America", "EVgo", "Ionity", "Zeekr"),
    *("Leapmotor", "Fisker", "Canoo", "Nikola", "Proterra", "Arrival", "Lordstown", "Fastned"),
    *("Faraday Future", "Blink Charging", "Allego", "Gogoro", "Ather", "Ola Electric", "Xos"),
    *("ZEV mandate", "NEVI", "Advanced Clean Cars II", "Advanced Clean Trucks", "NEV credit"),
    *("Battery Regulation", "AFIR"),
}
_GENERAL = {
    *("ICE", "mpg", "MW", "GW", "kW", "GWh", "MWh", "kWh", "lidar", "over-the-air", "ADAS"),
    *("Twitter", "Amazon", "Google", "Apple", "Meta", "Microsoft", "Reuters", "Bloomberg"),
    *("SpaceX", "Walmart", "Goldman Sachs", "Morgan Stanley", "BlackRock", "SEC", "DOJ"),
    *("DOE", "Congress", "White House", "Supreme Court", "Standard & Poor's", "Lyft", "EV"),
    *("MEB", "PPE", "SSP", "Dojo", "Optimus", "4680", "2170", "NCA", "CCS"),
}


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether a text is EV news, its points, and the terms and names that earned them."""

    relevant: bool
    points: float
    why: str


def judge(title: str, text: str) -> Relevance:
    """Apply the rule to a title and the first 3,000 characters of a text."""
    opening = text[:OPENING]
    points, own = 0.0, False
    found: list[str] = []
    for label, pattern in _PATTERNS.items():
        hits = len(pattern.findall(opening))
        if pattern.search(title):
            points, own = points + 3, True
            found.append(f"{label} in the title")
        elif hits:
            points, own = points + min(hits, 2), True
            found.append(label)
    heads, spare = _names(title), 1.0
    for name in sorted(heads | _names(opening)):
        single = name in _OWN
        own = own or single
        if name in heads:
            points += 3.0 if single else 1.0
            found.append(f"{name} in the title")
        elif spare:
            points, spare = points + 0.5, spare - 0.5
            found.append(name)
    why = ", ".join(found[:6]) or "no EV term and no name of the industry"
    return Relevance(own and points >= THRESHOLD, points, why)


def _names(text: str) -> set[str]:
    """Companies, cars, laws and technologies in a text, by their usual names."""
    kinds = {"company", "model", "policy", "technology"}
    return {n.canonical for n in find_names(text) if n.kind in kinds} - _GENERAL
