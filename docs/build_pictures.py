"""
Make the README's pictures from a results folder: maps and charts, small enough for a page.

    python docs/build_pictures.py results/songkhla
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

PICTURES = {
    "maps": (
        "overview",
        "pillar-1-biodiversity",
        "pillar-2-culture",
        "fields",
        "pillar-3-community",
    ),
    "charts": ("field-profile", "event-calendar"),
}
HEIGHT_PX, WIDTH_PX = 1_000, 1_200


def main(results: Path) -> None:
    """Scale maps to a common height, charts to a common width, and all to few colors."""
    for folder, names in PICTURES.items():
        target = Path(__file__).resolve().parent / folder
        target.mkdir(exist_ok=True)
        for name in names:
            with Image.open(results / folder / f"{name}.png") as sheet:
                scale = HEIGHT_PX / sheet.height if folder == "maps" else WIDTH_PX / sheet.width
                size = (round(sheet.width * scale), round(sheet.height * scale))
                small = sheet.convert("RGB").resize(size, Image.Resampling.LANCZOS)
            # Maximum coverage keeps the rare colors of small marks; k-means brings the ground back to its own.
            few = small.quantize(
                256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
            )
            few.save(target / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
