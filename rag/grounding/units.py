"""Words and signs that numbers are written with: magnitudes, units, currencies, counted nouns."""

from typing import Final

WORDS: Final[dict[str, float]] = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
} | {
    word: 10.0 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}

MAGNITUDES: Final[dict[str, float]] = {
    "dozen": 12,
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "lakh": 1e5,
    "million": 1e6,
    "mln": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "crore": 1e7,
    "billion": 1e9,
    "bln": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "trn": 1e12,
    "tn": 1e12,
}

# What a counted thing is, so that "1,600 jobs" is not "1,600 cars". "unit" fits any goods.
NOUNS: Final[dict[str, str]] = {
    word: kind
    for kind, words in {
        "people": "job jobs people person persons employee employees worker workers staff posts "
        "positions member members resident residents engineer engineers driver drivers",
        "vehicle": "vehicle vehicles car cars ev evs truck trucks pickup pickups van vans bus "
        "buses suv suvs crossover crossovers bev bevs phev phevs hybrid hybrids teslas",
        "model": "model models",
        "share": "shares",
        "plant": "plant plants factory factories gigafactory gigafactories",
        "plug": "plug plugs charger chargers stall stalls points superchargers connectors",
        "station": "station stations sites locations",
    }.items()
    for word in words.split()
}

# Surface -> (family, size in the family's base unit).
UNITS: Final[dict[str, tuple[str, float]]] = {}


def _add(family: str, size: float, *surfaces: str) -> None:
    for surface in surfaces:
        UNITS[surface.lower()] = (family, size)


for _prefix, _word, _size in (
    ("", "", 1.0),
    ("k", "kilo", 1e3),
    ("M", "mega", 1e6),
    ("G", "giga", 1e9),
    ("T", "tera", 1e12),
):
    _add("Wh", _size, f"{_prefix}Wh", f"{_word}watt-hour", f"{_word}watt-hours")
    _add("Wh", _size, f"{_word}watt hour", f"{_word}watt hours")
    if _prefix:
        _add("W", _size, f"{_prefix}W", f"{_word}watt", f"{_word}watts")
_add("km", 1, "km", "kms", "kilometre", "kilometres", "kilometer", "kilometers")
_add("mile", 1, "mile", "miles", "mi")
_add("nautical mile", 1, "nautical mile", "nautical miles")
_add("km/h", 1, "km/h", "kph", "kilometres per hour", "kilometers per hour")
_add("mpg", 1, "mpg", "miles per gallon", "miles a gallon")
_add("mph", 1, "mph", "miles per hour", "miles an hour")
_add("km", 0.001, "metre", "metres", "meter", "meters")
_add("km", 1e-5, "cm", "centimetre", "centimetres", "centimeter", "centimeters")
_add("km", 1e-6, "mm", "millimetre", "millimetres", "millimeter", "millimeters")
_add("foot", 1, "foot", "feet", "ft")
_add("acre", 1, "acre", "acres")
_add("hectare", 1, "hectare", "hectares")
_add("t", 1, "tonne", "tonnes", "ton", "tons", "metric ton", "metric tons")
_add("t", 0.001, "kg", "kilogram", "kilograms", "kilo", "kilos")
_add("t", 1e-6, "gram", "grams")
_add("Nm", 1, "nm", "newton-metres", "newton metres", "newton-meters", "newton meters")
_add("V", 1, "volt", "volts", "V")
_add("hp", 1, "hp", "horsepower", "bhp")
_add("minute", 1, "minute", "minutes", "min", "mins")
_add("minute", 60, "hour", "hours")
_add("minute", 1 / 60, "second", "seconds")
_add("day", 1, "day", "days")
_add("day", 7, "week", "weeks")
_add("day", 14, "fortnight", "fortnights")
_add("month", 1, "month", "months")
_add("month", 3, "quarters")
_add("month", 12, "year", "years")
_add("", 1, "year-old", "years old")
_add("month", 120, "decade", "decades")
_add("degree", 1, "degrees", "°c", "degrees celsius")
_add("litre", 1, "litre", "litres", "liter", "liters")
_add("gallon", 1, "gallon", "gallons")
_add("barrel", 1, "barrel", "barrels")

# Before the number.
SIGNS: Final[dict[str, str]] = {
    "us$": "USD",
    "$": "USD",
    "usd": "USD",
    "c$": "CAD",
    "ca$": "CAD",
    "cad": "CAD",
    "a$": "AUD",
    "aud": "AUD",
    "hk$": "HKD",
    "€": "EUR",
    "eur": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "¥": "JPY/CNY",
    "jpy": "JPY",
    "cny": "CNY",
    "rmb": "CNY",
    "₩": "KRW",
    "krw": "KRW",
    "₹": "INR",
    "rs": "INR",
    "inr": "INR",
    "sek": "SEK",
    "nok": "NOK",
    "chf": "CHF",
}

# After the number.
CURRENCIES: Final[dict[str, str]] = {
    word: code
    for code, words in {
        "USD": "us dollars,u.s. dollars,dollars,dollar,usd",
        "CAD": "canadian dollars,cad",
        "AUD": "australian dollars,aud",
        "HKD": "hong kong dollars",
        "EUR": "euros,euro,eur,€",
        "GBP": "pounds,pound,pounds sterling,gbp,british pounds",
        "JPY": "yen,japanese yen,jpy",
        "CNY": "yuan,chinese yuan,renminbi,rmb,cny",
        "KRW": "won,south korean won,korean won,krw",
        "INR": "rupees,indian rupees,inr",
        "SEK": "kronor,swedish kronor,swedish crowns,sek",
        "NOK": "norwegian kroner,norwegian crowns,nok",
        "CHF": "swiss francs,francs,chf",
        "cent": "cents,cent,eurocents,us cents",
        "pence": "pence,p",
    }.items()
    for word in words.split(",")
}
