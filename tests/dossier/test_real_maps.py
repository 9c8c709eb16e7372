"""The plotters as they are, not the stand-ins of the other tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from creative_spatial import plotters as real_plotters
from creative_spatial.dossier import save
from creative_spatial.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from creative_spatial.result import Result


@pytest.fixture(autouse=True)
def plotters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creative_spatial.dossier.sheets._plotters", lambda: real_plotters)


def test_a_map_is_the_same_in_two_runs_and_stamped_in_a_draft(
    tmp_path: Path, make: Callable[..., Result]
) -> None:
    def files(name: str, *, draft: bool = False) -> list[bytes]:
        result = make(taxonomy=Taxonomy.load())
        target = save(result, tmp_path / name, maps=["pillar-2-culture"], draft=draft)
        return [(target / "maps" / f"pillar-2-culture.{s}").read_bytes() for s in ("png", "pdf")]

    first, second, draft = files("first"), files("second"), files("draft", draft=True)
    assert first == second
    assert first[0].startswith(b"\x89PNG")
    assert first[1].startswith(b"%PDF")
    assert draft[0] != first[0]
    assert b"data_sha256" in first[0]
    assert b"OpenStreetMap contributors (ODbL-1.0, 2026-01-01)" in first[0]
