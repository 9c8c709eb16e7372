"""
Every benchmark, each beside its peer in the same run.

    python benchmarks/run.py FOLDER
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(folder: Path) -> None:
    """Run the benchmarks one after another: side by side they would slow one another."""
    las_palmas = folder / "las_palmas"
    pbf = las_palmas / "las_palmas_2023.osm.pbf"
    jobs = (
        ("bench_osm.py", str(pbf)),
        ("bench_extract.py", str(pbf)),
        ("bench_assess.py", str(las_palmas)),
        ("bench_measures.py",),
        ("bench_network.py", str(pbf)),
        ("bench_routes.py", str(pbf)),
        ("bench_maps.py",),
        ("bench_statistics.py", str(las_palmas)),
    )
    for name, *arguments in jobs:
        print(f"\n## {name}", flush=True)
        subprocess.run([sys.executable, str(HERE / name), *arguments], check=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
