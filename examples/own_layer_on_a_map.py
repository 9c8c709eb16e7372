"""
Draw one's own layer over the city, without a configuration file.

Run it from the project's folder: `python examples/own_layer_on_a_map.py`. It writes
`results/initiatives.png`.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import matplotlib.pyplot as plt

import creative_spatial as cs

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample" / "songkhla"

boundary = gpd.read_file(SAMPLE / "boundaries.gpkg", layer="district").assign(
    name="Mueang Songkhla"
)
area = cs.StudyArea.from_geometries(boundary, name="Songkhla", cell_m=1_000)
register = cs.loaders.read_table(
    SAMPLE / "initiatives.csv",
    source=cs.Source(
        "register", "Register of initiatives", "CC-BY-4.0", "City hall", accuracy="illustrative"
    ),
    taxonomy=cs.Taxonomy.load(),
    columns={"id": "id", "name": "name_en", "concept": "concept", "lon": "lon", "lat": "lat"},
    target_crs=area.crs,
)


figure, axes = plt.subplots(figsize=(7, 7), layout="constrained")
initiatives = register[register["consent"] == "yes"]  # nobody else is put on a map
cs.plotters.plot_features(initiatives, area, hue="lead", ax=axes)
(ROOT / "results").mkdir(exist_ok=True)
figure.savefig(ROOT / "results" / "initiatives.png", dpi=150)
print(f"{len(initiatives)} of {len(register)} initiatives drawn in results/initiatives.png")
