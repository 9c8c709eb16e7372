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

# The area: any polygons will do; its CRS and reporting units are chosen for the place.
district = gpd.read_file(SAMPLE / "boundaries.gpkg", layer="district").assign(
    name="Mueang Songkhla"
)
area = cs.StudyArea.from_geometries(district, name="Songkhla", cell_m=1_000)

# The background: streets, water and buildings from an OpenStreetMap file.
extract = cs.loaders.read_osm(SAMPLE / "city.osm.pbf", crs=area.crs)

# One's own register, as a spreadsheet saved as CSV.
register = cs.loaders.read_table(
    SAMPLE / "initiatives.csv",
    source=cs.Source("register", "Register of initiatives", "CC-BY-4.0", "City hall"),
    taxonomy=cs.Taxonomy.load(),
    columns={"id": "id", "name": "name_en", "concept": "concept", "lon": "lon", "lat": "lat"},
    target_crs=area.crs,
)
initiatives = register[register["consent"] == "yes"]  # nobody else is put on a map

figure, axes = plt.subplots(figsize=(7, 7), layout="constrained")
cs.plotters.plot_background(extract.background, area, base="muted", ax=axes)
cs.plotters.plot_features(initiatives, area, hue="lead", shape="lead", ax=axes)
(ROOT / "results").mkdir(exist_ok=True)
figure.savefig(ROOT / "results" / "initiatives.png", dpi=150)
print(f"{len(initiatives)} of {len(register)} initiatives drawn in results/initiatives.png")
