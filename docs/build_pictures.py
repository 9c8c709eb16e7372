"""
Make the README's pictures from a results folder: the four maps, small enough for a page.

    python docs/build_pictures.py results/songkhla
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

MAPS = ("overview", "pillar-1-biodiversity", "pillar-2-culture", "pillar-3-community")
HEIGHT_PX = 1_000


def main(results: Path) -> None:
    """Scale each map to a common height and few colors."""
    target = Path(__file__).resolve().parent / "maps"
    target.mkdir(exist_ok=True)
    for name in MAPS:
        with Image.open(results / "maps" / f"{name}.png") as sheet:
            width = round(sheet.width * HEIGHT_PX / sheet.height)
            small = sheet.convert("RGB").resize((width, HEIGHT_PX), Image.Resampling.LANCZOS)
        small.quantize(192).save(target / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
