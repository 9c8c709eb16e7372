"""What is mended, what is only proposed, what is set aside: recorded, told, and undone."""

from __future__ import annotations

import json
import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import CRS as WORKING
from places import square
from pyproj import CRS

from creative_spatial.crs import WGS84
from creative_spatial.errors import DataQualityWarning, LoadError, RepairWarning
from creative_spatial.loaders import Repair, undo_repairs
from creative_spatial.loaders.repair.swapping import judge_order
from creative_spatial.loaders.table import read_table
from creative_spatial.loaders.vector import read_vector
from creative_spatial.resources.repairs import repair_facts

AREA = square(-10, -10, 30, 30)  # 100.50 to 100.77 E, 7.10 to 7.37 N
UTM47 = CRS.from_epsg(32647)
HEADER = "id,name,lon,lat\n"


@pytest.fixture
def read(source):
    """Read temples in Songkhla."""

    def read_with(path, **options):
        settings = {"source": source, "target_crs": WORKING, "concept": "wat", "boundary": AREA}
        return read_table(path, **{**settings, **options})

    return read_with


@pytest.fixture
def quietly(read):
    """Read, whatever is said."""

    def read_with(path, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read(path, **options)

    return read_with


def repairs(layer):
    """Kind, row, column, before, after of each repair."""
    return [tuple(record)[:5] for record in layer.attrs["repairs"]]


def add_up(layer):
    rows = layer.attrs["rows"]
    return rows["in"] == rows["out"] + rows["outside"] + sum(rows["quarantined"].values())


# --- facts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", repair_facts().repairs.values(), ids=lambda kind: kind.kind)
def test_every_kind_of_repair_says_what_it_does_and_on_whose_word(kind):
    assert kind.label
    assert kind.reference
    assert (kind.certainty == "guess") == (kind.kind in repair_facts().guesses)


@pytest.mark.parametrize("kind", repair_facts().faults.values(), ids=lambda kind: kind.kind)
def test_every_reason_to_set_a_row_aside_comes_with_a_remedy(kind):
    assert kind.label
    assert kind.remedy.endswith(".")


# --- coordinates as text --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("๗.๒", "digits", 7.2),
        ("۷٫۲", "digits", 7.2),
        ('"7,2"', "decimal_comma", 7.2),
        ("7.2\u00a0", None, 7.2),  # a blank at the end, as in any cell
        ("7.\u200b2", "number_marks", 7.2),
        ("7°12'0\"N", "dms", 7.2),
    ],
)
def test_a_latitude_in_another_notation_is_read_and_recorded(write_csv, quietly, cell, kind, value):
    layer = quietly(write_csv(HEADER + f"1,a,100.59,{cell}\n"))
    # 7.2 N, 100.59 E as the domain report has it, in zone 47
    assert layer.geometry.iloc[0].distance(shapely.Point(675_563.27, 796_163.64)) < 0.01
    expected = [] if kind is None else [(kind, 2, "lat", cell.strip('"'), value)]
    assert repairs(layer) == expected
    assert layer.attrs["rows"]["repaired"] == len(expected)


PAIRS = (
    'id,name,gps\n1,a,"7.2, 100.59"\n2,b,"7°12\'00""N 100°35\'24""E"\n3,c,'
    '"๗.๒, ๑๐๐.๕๙"\n4,d,near the pier\n5,e,\n'
)


def test_one_cell_may_hold_latitude_and_longitude(write_csv, quietly):
    layer = quietly(write_csv(PAIRS), columns={"position": "gps"})
    expected = shapely.Point(675_563.27, 796_163.64)  # 7.2 N, 100.59 E: 100° 35' 24"
    assert (layer.geometry.distance(expected) < 0.01).tolist() == [True, True, True]
    assert [(kind, row) for kind, row, *_ in repairs(layer)] == [("dms", 3), ("digits", 4)]
    assert [(q.kind, q.row) for q in layer.attrs["quarantine"]] == [
        ("no_coordinates", 6),
        ("unreadable_coordinates", 5),
    ]
    undone = undo_repairs(layer)
    assert undone["position"].tolist()[1] == "7°12'00\"N 100°35'24\"E"
    assert undone.geometry.isna().tolist() == [False, True, True]
    off = quietly(write_csv(PAIRS), columns={"position": "gps"}, repair=False)
    assert off["name"].tolist() == ["a"]


def test_a_pair_in_the_wrong_order_is_exchanged_and_recorded(write_csv, quietly):
    text = 'id,name,gps\n1,a,"100.59, 7.2"\n2,b,7.2 100.59\n'
    layer = quietly(write_csv(text), columns={"position": "gps"})
    assert layer.geometry.iloc[0] == layer.geometry.iloc[1]
    assert [(kind, row) for kind, row, *_ in repairs(layer)] == [("swapped", 2)]


def test_with_repair_off_only_plain_numbers_are_coordinates(write_csv, read):
    text = HEADER + "1,a,100.59,7.2\n2,b,๑๐๐.๕๙,7.2\n"
    with pytest.warns(DataQualityWarning, match="1 quarantined, coordinates that cannot be read"):
        layer = read(write_csv(text), repair=False)
    assert layer["name"].tolist() == ["a"]
    assert layer.attrs["repairs"] == ()


def test_undone_the_cell_stands_in_its_column_and_the_row_has_no_place(write_csv, quietly):
    layer = quietly(write_csv(HEADER + "1,a,100.59,7.2\n2,b,100.59,๗.๒\n"))
    undone = undo_repairs(layer)
    assert undone["lat"].tolist()[1] == "๗.๒"
    assert undone.geometry.isna().tolist() == [False, True]
    assert undone.geometry.iloc[0] == layer.geometry.iloc[0]


# --- swapped coordinates --------------------------------------------------------------------------


def test_a_latitude_over_90_is_swapped_where_the_area_says_so():
    points = np.array([(7.2, 100.6), (100.6, 7.2), (7.2, 120.0)])
    assert judge_order(points, WGS84, WORKING, AREA).tolist() == ["swapped", "right", "lost"]
    assert judge_order(points, WGS84, WORKING, None).tolist() == ["lost", "right", "lost"]


def test_a_point_whose_mirror_image_is_near_may_be_right_as_it_is():
    # The mirror image of Songkhla in metres lies 170 km away, at the border with Malaysia.
    points = np.array([(795_500.0, 676_500.0), (676_500.0, 795_500.0), (0.0, 0.0)])
    assert judge_order(points, UTM47, WORKING, AREA).tolist() == ["unsure", "right", "right"]


def test_a_file_that_lies_in_the_area_only_as_a_whole_turned_is_swapped():
    points = np.array([(795_500.0, 676_500.0), (795_600.0, 676_600.0)])
    assert judge_order(points, UTM47, WORKING, AREA).tolist() == ["swapped", "swapped"]


def test_a_row_that_is_in_the_area_either_way_is_unsure_beside_swapped_ones():
    # An area on the diagonal, as in eastern Turkey: 39.5 E, 39.9 N.
    area = shapely.box(38, 38, 42, 42)
    points = np.array([(39.5, 39.9), (-60.0, 40.0), (40.0, -60.0)])
    wide = shapely.union(area, shapely.box(39, -61, 41, -59))
    assert judge_order(points[:1], WGS84, 4326, area).tolist() == ["right"]
    assert judge_order(points, WGS84, 4326, wide).tolist() == ["unsure", "swapped", "right"]


MIXED = "id,name,x,y\n1,a,676000,795000\n2,b,795500,676500\n"


def test_what_may_be_right_as_it_is_is_only_proposed(write_csv, read):
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_csv(MIXED), crs="EPSG:32647")
    assert layer["name"].tolist() == ["a"]
    assert layer.attrs["repairs"] == ()
    (proposal,) = layer.attrs["proposals"]
    assert (proposal.kind, proposal.rows) == ("swapped_unsure", (3,))
    assert proposal.accept == 'accept = ["swapped_unsure"]'
    assert any(proposal.accept in str(w.message) for w in caught)
    assert add_up(layer)


def test_what_is_accepted_is_done_and_recorded(write_csv, quietly):
    layer = quietly(write_csv(MIXED), crs="EPSG:32647", accept=["swapped_unsure"])
    assert layer.geometry.iloc[1] == shapely.Point(676_500, 795_500)
    (record,) = repairs(layer)
    assert record == (
        "swapped_unsure", 3, "geometry", "POINT (795500 676500)", "POINT (676500 795500)",
    )  # fmt: skip
    assert layer.attrs["proposals"] == ()


def test_an_unknown_kind_is_not_accepted(write_csv, read):
    with pytest.raises(LoadError, match=r"accept: no proposal 'mojibak'; did you mean 'mojibake'"):
        read(write_csv(HEADER + "1,a,100.59,7.2\n"), accept=["mojibak"])


def test_a_place_that_no_exchange_brings_into_the_area_is_set_aside(write_csv, read):
    text = HEADER + "1,a,100.59,7.2\n2,b,7.2,120.59\n"
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_csv(text))
    assert [q.kind for q in layer.attrs["quarantine"]] == ["swapped"]
    assert "1 quarantined, latitude and longitude look swapped: row 3" in str(caught[0].message)
    assert "miss the area the other way round" in str(caught[1].message)


# --- shapes ---------------------------------------------------------------------------------------


@pytest.fixture
def plots(tmp_path, source):
    """Read two plots, the first of which crosses itself."""
    path = tmp_path / "plots.gpkg"
    bow = shapely.Polygon([(0, 0), (2000, 2000), (2000, 0), (0, 2000)])
    shapes = [shapely.affinity.translate(bow, 676_000, 795_000), square(0, 0)]
    frame = gpd.GeoDataFrame({"code": ["b", "c"]}, geometry=shapes, crs=WORKING)
    frame.to_file(path)

    def read(**options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return frame, read_vector(
                path,
                source=source,
                target_crs=options.pop("target_crs", WORKING),
                columns={"id": "code"},
                concept="wat",
                **options,
            )

    return read


def test_an_invalid_shape_is_mended_recorded_and_undone(plots):
    frame, layer = plots()
    assert layer.geometry.is_valid.all()
    (record,) = layer.attrs["repairs"]
    assert record[:3] == ("invalid_geometry", 1, "geometry")
    assert record.feature_id == "hall:b"
    assert undo_repairs(layer).geometry.tolist() == frame.geometry.tolist()
    assert layer.geometry.is_valid.all(), "the layer itself is not touched"


def test_shapes_come_back_in_the_layers_own_crs(plots):
    frame, layer = plots(target_crs="EPSG:32648")
    undone = undo_repairs(layer).to_crs(WORKING)
    assert shapely.equals_exact(undone.geometry.iloc[0], frame.geometry.iloc[0], tolerance=0.01)


def test_with_repair_off_an_invalid_shape_is_set_aside(plots):
    _, layer = plots(repair=False)
    assert layer.index.tolist() == ["hall:c"]
    assert layer.attrs["rows"]["quarantined"] == {"invalid geometry": 1}


def test_heights_come_back_when_undone(tmp_path, source):
    path = tmp_path / "high.geojson"
    shape = {"type": "Point", "coordinates": [100.59, 7.2, 31.5]}
    features = [{"type": "Feature", "properties": {"code": "a"}, "geometry": shape}]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with pytest.warns(RepairWarning, match="heights"):
        layer = read_vector(
            path, source=source, target_crs=WORKING, columns={"id": "code"}, concept="wat"
        )
    assert undo_repairs(layer).geometry.iloc[0].z == 31.5
    assert not layer.geometry.has_z.any()


# --- rows that occur twice ------------------------------------------------------------------------


def test_the_very_same_row_is_counted_once_and_named(write_csv, read):
    text = HEADER + "1,a,100.59,7.2\n2,b,100.59,7.2\n1,a,100.59,7.2\n"
    with pytest.warns(DataQualityWarning) as caught:
        layer = read(write_csv(text))
    assert layer.index.tolist() == ["hall:1", "hall:2"]
    (record,) = layer.attrs["quarantine"]
    assert (record.kind, record.row, record.reason) == ("exact_duplicate", 4, "the same as row 2")
    assert "1 quarantined, the same as row 2: row 4." in str(caught[0].message)
    assert add_up(layer)


def test_with_repair_off_the_same_id_twice_is_an_error(write_csv, read):
    text = HEADER + "1,a,100.59,7.2\n2,b,100.59,7.2\n3,c,100.6,7.2\n1,a,100.59,7.2\n"
    with pytest.raises(LoadError, match="'1' in rows 2, 5"):
        read(write_csv(text), repair=False, columns={"id": "id"})


# 0.0002 degrees of longitude at 7.2 N are 22 m.
ALIKE = HEADER + "1,Wat Klang,100.59,7.2\n2,wat  klang,100.5902,7.2\n3,Wat Klang,100.60,7.2\n"


def test_rows_of_one_name_that_lie_together_are_named_and_stay(write_csv, read):
    with pytest.warns(DataQualityWarning, match=r"one name and concept and lie together: 2 and 3;"):
        layer = read(write_csv(ALIKE))
    assert len(layer) == 3
    assert layer.attrs["proposals"][0].rows == (3,)


def test_rows_of_one_name_that_lie_together_are_counted_once_if_the_layer_says_so(write_csv, read):
    with pytest.warns(DataQualityWarning, match="1 quarantined, nearly the same as row 2: row 3"):
        layer = read(write_csv(ALIKE), accept=["near_duplicates"])
    assert layer.index.tolist() == ["hall:1", "hall:3"]
    assert add_up(layer)


def test_an_uncertain_position_reaches_farther(write_csv, quietly):
    text = ALIKE.replace("lat\n", "lat,uncertainty_m\n").replace(",7.2\n", ",7.2,2000\n")
    layer = quietly(write_csv(text))
    assert layer.attrs["proposals"][0].rows == (3, 4)


# --- every row is accounted for -------------------------------------------------------------------

CELLS = st.sampled_from(
    ["100.59", "7.2", "๑๐๐.๕๙", "7,2", "7°12'N", "", "abc", "0", "1000", "45", "101.9"]
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d", "e", "f", "g", ""]),
        st.sampled_from(["wat", "", "mosque"]),
        CELLS,
        CELLS,
    ),
    max_size=12,
)


@given(rows=ROWS, repair=st.booleans())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_counts_add_up_whatever_is_wrong(write_csv, source, taxonomy, rows, repair):
    lines = [f'"{n}","{i}","{c}","{x}","{y}"' for n, (i, c, x, y) in enumerate(rows)]
    path = write_csv("\n".join(["note,id,concept,lon,lat", *lines]) + "\n")
    before = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layer = read_table(
                path,
                source=source,
                target_crs=WORKING,
                taxonomy=taxonomy,
                boundary=AREA,
                repair=repair,
            )
        except LoadError:
            layer = None
    assert path.read_bytes() == before
    if layer is None:
        return
    counts = layer.attrs["rows"]
    assert counts["in"] == len(rows)
    assert add_up(layer)
    assert counts["out"] == len(layer)
    assert sum(counts["quarantined"].values()) == len(layer.attrs["quarantine"])
    assert {r.feature_id for r in layer.attrs["repairs"]} <= set(layer.index)
    assert not (layer.attrs["repairs"] and not repair)


def test_records_survive_parquet_and_copies(write_csv, quietly, tmp_path):
    layer = quietly(write_csv(HEADER + "1,a,100.59,๗.๒\n"))
    assert layer.copy().attrs["repairs"] is layer.attrs["repairs"]
    layer.to_parquet(tmp_path / "layer.parquet")
    kept = gpd.read_parquet(tmp_path / "layer.parquet").attrs["repairs"]
    assert [Repair(*record) for record in kept] == list(layer.attrs["repairs"])
