"""How survey programs name things, as read from ``resources/surveys.toml``."""

from __future__ import annotations

from functools import lru_cache

from creative_spatial.resources import Facts, parse, read_toml, resource_path


class AccuracyFacts(Facts):
    """From where on a position is only approximate, in metres."""

    approximate_above_m: float
    reference: str


class CoordinateFacts(Facts):
    """The columns in which a program writes one position."""

    program: str
    prefix: str
    latitude: str
    longitude: str
    altitude: str
    accuracy: str
    reference: str


class KeyFacts(Facts):
    """Columns that tell submissions and rows apart."""

    id: tuple[str, ...]
    submitted: tuple[str, ...]
    above_id: tuple[str, ...]
    above_submitted: tuple[str, ...]
    row: tuple[str, ...]
    above_row: tuple[str, ...]
    above_table: str
    reference: str


class BookkeepingFacts(Facts):
    """Columns about the submission that say nothing of the place."""

    names: tuple[str, ...]
    reference: str


class ConsentFacts(Facts):
    """How consent is asked and answered."""

    names: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    reference: str


class PersonalFacts(Facts):
    """What in a column's name, type or numbers says that it is about a person."""

    types: tuple[str, ...]
    names: tuple[str, ...]
    phrases: tuple[str, ...]
    parts: tuple[str, ...]
    harmless: tuple[str, ...]
    from_number: float
    reference: str


class PublishedFacts(Facts):
    """Types of questions whose answers are no free text, and our own columns that are none."""

    choices: tuple[str, ...]
    other: tuple[str, ...]
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    dates: tuple[str, ...]
    reference: str


class LanguageFacts(Facts):
    """Language codes by the names that form makers give."""

    names: dict[str, str]
    reference: str


class SurveyFacts(Facts):
    """The whole table."""

    accuracy: AccuracyFacts
    coordinates: tuple[CoordinateFacts, ...]
    keys: KeyFacts
    bookkeeping: BookkeepingFacts
    consent: ConsentFacts
    personal: PersonalFacts
    published: PublishedFacts
    languages: LanguageFacts


@lru_cache(maxsize=1)
def survey_facts() -> SurveyFacts:
    """
    Read the table of names.

    Returns
    -------
    SurveyFacts
        Frozen; read once.
    """
    file = resource_path("surveys.toml")
    return parse(SurveyFacts, read_toml(file), where=file.name)
