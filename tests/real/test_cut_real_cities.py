"""Real cities cut out of their files: the same numbers from the cut as from the file."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from fetch_real_data import cache_folder
from places import require_or_skip

from creative_spatial.errors import CreativeSpatialWarning
from creative_spatial.loaders import cut_osm, read_boundary, read_osm


def _las_palmas():
    folder = Path(os.environ.get("CREATIVE_SPATIAL_DATA", "")) / "las_palmas"
    return folder / "las_palmas_2023.osm.pbf", folder / "boundary.geojson"


def _monaco():
    return cache_folder() / "monaco.osm.pbf", cache_folder() / "monaco_boundary.geojson"


@pytest.mark.filterwarnings("ignore:.*touches itself:creative_spatial.errors.DataQualityWarning")
@pytest.mark.parametrize("files", [_monaco, _las_palmas], ids=["monaco", "las_palmas"])
def test_a_cut_of_a_real_city_gives_what_its_file_gives(files, tmp_path):
    pbf, outline = files()
    if files is _las_palmas and "CREATIVE_SPATIAL_DATA" not in os.environ:
        pytest.skip("CREATIVE_SPATIAL_DATA names no folder that holds las_palmas")
    require_or_skip(pbf, pbf.stem)
    boundary = read_boundary(outline).to_crs(4326)
    areas = gpd.GeoDataFrame({"id": ["city"]}, geometry=boundary.to_numpy(), crs=4326)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CreativeSpatialWarning)
        cut_osm(pbf, areas, tmp_path)
        cut = read_osm(tmp_path / "city/osm", boundary=boundary)
        direct = read_osm(pbf, boundary=boundary)
    assert len(direct.features) > 100
    assert cut.features.to_wkb().equals(direct.features.to_wkb())
    for field in ("node_xy", "node_id", "edges", "length_m", "kind", "way_id"):
        assert np.array_equal(getattr(cut.network, field), getattr(direct.network, field)), field
    for name, layer in direct.background.items():
        assert cut.background[name].to_wkb().equals(layer.to_wkb()), name
    assert len(direct.gates) > 10
    assert cut.gates.to_wkb().equals(direct.gates.to_wkb())
    assert cut.report.equals(direct.report.loc[cut.report.index])
    assert cut.source == direct.source
