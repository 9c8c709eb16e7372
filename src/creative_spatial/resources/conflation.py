"""What is known of names and positions when two records may be one place."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from creative_spatial.resources import Facts, parse, read_toml, resource_path


class Limit(Facts):
    """A threshold, and where it comes from."""

    value: float
    reference: str


class Limits(Facts):
    """Distances in metres and scores in [0, 1]; see the table for each."""

    base_m: Limit
    osm_uncertainty_m: Limit
    list_uncertainty_m: Limit
    furthest: Limit
    longest_m: Limit
    far_weight: Limit
    related_weight: Limit
    accept: Limit
    duplicate: Limit
    confirmed_m: Limit
    probable_m: Limit
    reported_m: Limit
    disputed: Limit


class Agreement(Facts):
    """What is left of a score of names after each doubt; factors in [0, 1]."""

    other_kind: float = Field(ge=0, le=1)
    more_kinds: float = Field(ge=0, le=1)
    other_qualifier: float = Field(ge=0, le=1)
    one_qualifier: float = Field(ge=0, le=1)
    other_number: float = Field(ge=0, le=1)
    one_number: float = Field(ge=0, le=1)
    one_year: float = Field(ge=0, le=1)
    other_translated: float = Field(ge=0, le=1)
    one_translated: float = Field(ge=0, le=1)
    one_apart: float = Field(ge=0, le=1)
    other_marks: float = Field(ge=0, le=1)
    other_rest: float = Field(ge=0, le=1)
    one_branch: float = Field(ge=0, le=1)
    other_letter: float = Field(ge=0, le=1)
    left_out: float = Field(ge=0, le=1)
    other_consonants: float = Field(ge=0, le=1)
    across: float = Field(ge=0, le=1)
    long_names: float = Field(ge=0, le=1)
    alike: float = Field(ge=0, le=1)
    translated: float = Field(ge=0, le=1)
    translated_unlike: float = Field(ge=0, le=1)
    kind_alone: float = Field(ge=0, le=1)
    kinds_unlike: float = Field(ge=0, le=1)
    translated_in_part: float = Field(ge=0, le=1)
    core_in_one: float = Field(ge=0, le=1)
    part_base: float = Field(ge=0, le=1)
    raw_share: float = Field(ge=0, le=1)
    short_name: float = Field(ge=0, le=1)
    little_heard: float = Field(ge=0, le=1)
    reference: str


class ConceptFacts(Facts):
    """Concepts that sources mix up, and those that hold different things."""

    anything: tuple[str, ...]
    communities_of_any: tuple[str, ...]
    vague: tuple[str, ...]
    related: tuple[tuple[str, ...], ...]
    reference: str


class Meaning(Facts):
    """Words, in any language, that mean one thing; `marked` are known by their marks alone."""

    id: str
    words: tuple[str, ...] = Field(min_length=1)
    marked: tuple[str, ...] = ()


class Translation(Meaning):
    """Words that name a place; `apart` if one name without them is another place's."""

    apart: bool = False


class Kind(Meaning):
    """A kind of place, and others that it is also called."""

    also: tuple[str, ...] = ()


class Qualifier(Meaning):
    """What tells neighbours apart; `last` are words that do so only at the end of a name."""

    last: tuple[str, ...] = ()


class Words(Facts):
    """Words without more."""

    words: tuple[str, ...]


class Ranks(Words):
    """Words that end a full name and not the everyday one."""

    reference: str


class AddressFacts(Facts):
    """Words after which a name says where rather than what."""

    words: tuple[str, ...]
    village: tuple[str, ...]
    branch: tuple[str, ...]
    numbered: tuple[str, ...]


class ChainFacts(Facts):
    """Names that branches share, each with its spellings."""

    names: tuple[tuple[str, ...], ...]
    reference: str


class SoundFacts(Facts):
    """Letters to classes of sound, in the order in which they are tried."""

    latin: tuple[tuple[str, str], ...]
    thai: dict[str, str]
    reference: str


class ConflationFacts(Facts):
    """The whole table."""

    limits: Limits
    agreement: Agreement
    concepts: ConceptFacts
    kinds: tuple[Kind, ...]
    weak: Words
    ranks: Ranks
    qualifiers: tuple[Qualifier, ...]
    translations: tuple[Translation, ...]
    address: AddressFacts
    chains: ChainFacts
    sounds: SoundFacts


@lru_cache(maxsize=1)
def conflation_facts() -> ConflationFacts:
    """
    Read the table of names and limits.

    Returns
    -------
    ConflationFacts
        Frozen; read once.
    """
    path = resource_path("conflation.toml")
    return parse(ConflationFacts, read_toml(path), where=path.name)
