"""
Seconds and peak memory of a whole assessment with four maps, and of importing the package.

    python benchmarks/bench_assess.py FOLDER_OF_LAS_PALMAS [--repeat 3]

The peer of the import is geopandas, which nothing here can do without once it works.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measure import measure, report

CITY = """
schema = 1
allow_outside = true
[city]
name = "Las Palmas de Gran Canaria"
country = "ES"
languages = ["es", "en"]
[[boundary]]
id = "municipality"
path = "{boundary}"
source = "cnig"
population = 378675
[osm]
path = "{pbf}"
[[source]]
id = "cnig"
title = "Municipal boundary, Centro Nacional de Información Geográfica"
license = "CC-BY-4.0"
attribution = "CC BY 4.0 scne.es"
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    folder = options.folder.resolve()
    with tempfile.TemporaryDirectory() as work:
        city = Path(work) / "city.toml"
        city.write_text(
            CITY.format(
                boundary=folder / "boundary.geojson", pbf=folder / "las_palmas_2023.osm.pbf"
            ),
            encoding="utf-8",
        )
        command = [sys.executable, "-m", "creative_spatial.cli", "assess", str(city)]
        report(
            "whole process",
            {
                "assess Las Palmas, four maps, PNG and PDF": measure(
                    [*command, "--out", str(Path(work) / "out")], repeat=options.repeat
                ),
                "import creative_spatial": measure(
                    [sys.executable, "-c", "import creative_spatial"], repeat=5
                ),
                "import geopandas": measure([sys.executable, "-c", "import geopandas"], repeat=5),
                "python alone": measure([sys.executable, "-c", "pass"], repeat=5),
            },
        )


if __name__ == "__main__":
    main()
