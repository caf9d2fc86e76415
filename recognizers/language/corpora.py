"""Texts to estimate the models of field kinds from: drawn from lists and grammars, the same every time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from random import Random

import names

LISTS = Path(__file__).parent / "lists"


@lru_cache(maxsize=8)
def word_list(file: str) -> dict[str, tuple[str, ...]]:
    """Entries of a list file by their sort."""
    sorts: dict[str, list[str]] = {}
    for line in (LISTS / file).read_text(encoding="utf-8").splitlines():
        sort, _, entry = line.partition("\t")
        sorts.setdefault(sort, []).append(entry)
    return {sort: tuple(entries) for sort, entries in sorts.items()}


def person_names(count: int, seed: int = 1) -> Iterator[str]:
    """Names of persons (and some firms) of India, the USA, Germany and France as forms have them."""
    random = Random(seed)
    draw_us = _us_names()
    for _ in range(count):
        country = random.choices(("in", "us", "de", "fr"), (0.4, 0.36, 0.12, 0.12))[0]
        if country == "us":
            first, last = draw_us(random)
        else:
            listed = word_list(f"names_{country}.txt")
            first, last = random.choice(listed["first"]), random.choice(listed["last"])
            if country == "in" and random.random() < 0.3:
                last = f"{random.choice(listed['first'])} {last}"
        name = _arranged(first, last, random)
        if random.random() < 0.06:
            name = f"{last} {random.choice(word_list('places.txt')['company'])}"
        yield name.upper() if random.random() < 0.2 else name


def addresses(count: int, seed: int = 2) -> Iterator[str]:
    """One line of an address, or a whole one."""
    random = Random(seed)
    lists = word_list("places.txt")
    people = person_names(count, seed)

    def pick(sort: str) -> str:
        return random.choice(lists[sort])

    def number(digits: int) -> str:
        return str(random.randrange(1, 10**digits))

    for person in people:
        surname = person.split()[-1].title()
        us = f"{number(4)} {random.choice((pick('us_street'), pick('us_street'), surname))} {pick('us_kind')}"
        us_town = f"{pick('city')}, {pick('state')} {random.randrange(10000, 99999)}"
        indian = f"{pick('in_kind')} {number(3)}, {pick('in_place')}"
        indian_town = f"{pick('city')}, {pick('in_state')} - {random.randrange(110000, 860000)}"
        german = f"{random.choice((pick('de_street'), surname + 'straße', surname + 'weg'))} {number(2)}"
        german_town = f"{random.randrange(10000, 99999)} {pick('city')}"
        french = f"{number(2)} {random.choice((pick('fr_street'), 'rue ' + surname))}"
        pairs = ((us, us_town), (indian, indian_town), (german, german_town), (french, german_town))
        street, town = random.choices(pairs, (0.4, 0.35, 0.12, 0.13))[0]
        line = random.choice((street, street, town, f"{street}, {town}"))
        yield line.upper() if random.random() < 0.1 else line


def codes(count: int, seed: int = 3) -> Iterator[str]:
    """Policy, claim and invoice numbers of the usual shapes."""
    random = Random(seed)
    letters, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
    shapes = [
        "LLDDDDDD",
        "LLL-DDDDDD",
        "DDDDDDDDDD",
        "L-DDDD-DDDD",
        "LLDDDDDDDD",
        "DDD-DD-DDDD",
        "LDDDDDDDD",
        "DDDD/DDDD",
        "LLDDLLDDDD",
        "DDDDDDDDDDDDDD",
        "LDD.D",
        "LDD.DD",
        "LDD",
    ]
    for _ in range(count):
        shape = random.choice(shapes)
        yield "".join(
            random.choice(letters) if c == "L" else random.choice(digits) if c == "D" else c for c in shape
        )


def amounts_in_words(count: int, seed: int = 4) -> Iterator[str]:
    """Amounts in words, Indian and western."""
    from num2words import num2words

    random = Random(seed)
    for _ in range(count):
        value = random.randrange(1, 10 ** random.randrange(2, 9))
        if random.random() < 0.6:
            value = round(value, 1 - len(str(value)) + random.randrange(2)) or 1
        text = (
            num2words(value, lang="en_IN" if random.random() < 0.6 else "en")
            .replace(",", "")
            .replace("-", " ")
        )
        if random.random() < 0.5:
            text = text.replace(" and ", " ")
        if "lakh" in text:
            text = text.replace("lakh", random.choice(("lakh", "lakhs", "lac", "lacs", "lack", "lacks")))
        text = random.choice((text, text, text.capitalize(), text.title(), text.upper()))
        tails = ("", "", "", " only", " Only", " only /-", " and 00/100", " Rupees Only")
        yield random.choice(("", "", "", "Rupees ")) + text + random.choice(tails)


def sentences(files: Iterable[Path]) -> Iterator[str]:
    """Lines of text files (one sentence a line, UTF-8)."""
    for file in files:
        with file.open(encoding="utf-8", errors="replace") as lines:
            yield from (line.strip() for line in lines if line.strip())


def words_by_frequency(language: str, count: int = 600_000, seed: int = 5) -> Iterator[str]:
    """Lines of eight words drawn at random by how often people write them: a text too short to tell is filled up."""
    from wordfreq import get_frequency_dict

    frequencies = get_frequency_dict(language)
    random = Random(seed)
    drawn = random.choices(list(frequencies), list(frequencies.values()), k=count)
    for start in range(0, count, 8):
        yield " ".join(drawn[start : start + 8])


def _us_names() -> Callable[[Random], tuple[str, str]]:
    """Draws US names by how common they are."""
    tables = []
    for kind in ("first:male", "first:female", "last"):
        entries, weights = [], []
        for line in Path(names.FILES[kind]).read_text(encoding="utf-8").splitlines():
            name, _, cumulative, _ = line.split()
            entries.append(name.title())
            weights.append(float(cumulative))
        tables.append((entries, weights))

    def draw(random: Random) -> tuple[str, str]:
        (first, first_sums), (last, last_sums) = tables[random.randrange(2)], tables[2]
        return (
            random.choices(first, cum_weights=first_sums)[0],
            random.choices(last, cum_weights=last_sums)[0],
        )

    return draw


def _arranged(first: str, last: str, random: Random) -> str:
    initial = random.choice("ABCDEGHJKLMNPRSTV")
    return random.choices(
        (
            f"{first} {last}",
            f"{first} {initial}. {last}",
            f"{first[0]}. {last}",
            f"{initial}. {first} {last}",
            f"{last} {first}",
            f"{last}, {first}",
            f"{first[0]}.{initial}. {last}",
            f"{first} {initial}",
            f"{first}. {initial}.",
            f"{random.choice(('Mr', 'Mrs', 'Ms', 'Dr', 'Smt', 'Shri'))}. {first} {last}",
        ),
        (50, 8, 6, 10, 6, 4, 4, 2, 1, 4),
    )[0]
