"""Files of maps: the same bytes each time, with their provenance inside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from creative_spatial.errors import OutputError
from creative_spatial.plotters import draw_map, save_figure

PROVENANCE = {
    "title": "แผนที่",
    "credits": "© OpenStreetMap contributors",
    "inputs": "sha256:abc",
    "definition": "0f",
}
SCRIPT = """
import importlib.util, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("town", sys.argv[1])
town = importlib.util.module_from_spec(spec); spec.loader.exec_module(town)
from creative_spatial.plotters import draw_map, save_figure
sheet = draw_map(town.make_result(), "pillar-2-culture")
for kind in ("png", "pdf", "svg"):
    save_figure(sheet, Path(sys.argv[2]) / f"map.{kind}", provenance={"title": "t", "inputs": "abc"})
"""


def test_two_processes_write_the_same_bytes(tmp_path):
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run(
            [
                sys.executable,
                "-c",
                SCRIPT,
                str(Path(__file__).with_name("conftest.py")),
                str(folder),
            ],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
    for kind in ("png", "pdf", "svg"):
        one, other = ((tmp_path / seed / f"map.{kind}").read_bytes() for seed in ("1", "2"))
        assert one == other, kind


def test_a_png_has_300_dpi_a4_and_its_provenance(result, tmp_path):
    path = tmp_path / "map.png"
    save_figure(draw_map(result, "overview"), path, provenance=PROVENANCE)
    with Image.open(path) as image:
        assert sorted(image.size) == [2480, 3507]
        assert round(image.info["dpi"][0]) == 300
        assert image.text["Title"] == "แผนที่"
        assert image.text["Copyright"] == "© OpenStreetMap contributors"
        assert image.text["creative_spatial:inputs"] == "sha256:abc"


def test_a_pdf_carries_hashes_and_no_date_and_embeds_its_fonts(result, tmp_path):
    path = tmp_path / "map.pdf"
    save_figure(draw_map(result, "overview"), path, provenance=PROVENANCE)
    content = path.read_bytes()
    assert b"inputs=sha256:abc" in content
    assert b"CreationDate" not in content
    assert b"Sarabun" in content
    assert b"/FontFile2" in content


def test_an_svg_holds_no_live_markup_of_names(make, tmp_path):
    import shapely

    rows = [("", "<script>alert(1)</script>", "museum", shapely.Point(make.at(1000, 1000)), {})]
    path = tmp_path / "map.svg"
    save_figure(
        draw_map(make.result({"culture": make.layer(rows)}), "pillar-2-culture"),
        path,
        provenance={"title": "</title><script>"},
    )
    assert "<script>" not in path.read_text(encoding="utf-8")


def test_another_format_is_refused(result, tmp_path):
    with pytest.raises(
        OutputError, match=r"map\.jpg: maps are written as png, pdf, svg, not 'jpg'"
    ):
        save_figure(draw_map(result, "overview"), tmp_path / "map.jpg", provenance={})
