"""A real PostGIS server: what is read of it, what is refused, and that nothing is ever changed."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import textwrap

import pytest
from places import CRS, ORIGIN, point, square
from postgis_server import PASSWORDS, READER, PostgisServer

from creative_spatial.config import CityConfig
from creative_spatial.errors import (
    ConfigError,
    CRSError,
    DataQualityWarning,
    EmptyLayerWarning,
    LoadError,
    RepairWarning,
    SourceUnavailableError,
)
from creative_spatial.loaders import read_postgis
from creative_spatial.loaders.postgis.service import find_server

TOWN = square(-0.5, -0.5, 3, 1)
TEMPLES = """
CREATE TABLE public.temples (
  code text PRIMARY KEY, title text, kind text, since integer, cost numeric(12, 2), open boolean,
  listed date, geom geometry(Point, 32647));
INSERT INTO public.temples VALUES
  ('a2', 'สงขลา', 'wat', 1890, 12.50, true, '1901-02-03', 'SRID=32647;POINT(677000 795000)'),
  ('a1', 'วัดกลาง', 'wat', 1820, NULL, false, NULL, 'SRID=32647;POINT(676000 795000)'),
  ('a3', 'Wat Pho', 'wat', 1950, 3, NULL, 'infinity', 'SRID=32647;POINT(678000 795000)'),
  ('far', 'Elsewhere', 'wat', 1950, 3, NULL, NULL, 'SRID=32647;POINT(600000 700000)');
CREATE INDEX ON public.temples USING gist (geom);
GRANT SELECT ON public.temples TO planner;
"""


@pytest.fixture(scope="module")
def running():
    """One server for the module."""
    server = PostgisServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def postgis(running, monkeypatch):
    """The server with the temples alone in its database, and the files that libpq reads."""
    monkeypatch.setenv("PGSERVICEFILE", str(running.service_file))
    monkeypatch.setenv("PGPASSFILE", str(running.password_file))
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    for statement in filter(str.strip, TEMPLES.split(";\n")):
        running.execute(statement)
    yield running
    running.execute(
        "DO $$ DECLARE r record; BEGIN "
        "FOR r IN SELECT format('%s %I.%I', CASE relkind WHEN 'v' THEN 'VIEW IF EXISTS' ELSE 'TABLE IF EXISTS' END, "
        "  nspname, relname) AS what FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
        "  WHERE relkind IN ('r', 'v') AND nspname IN ('public', 'plan') "
        "  AND relname NOT IN ('spatial_ref_sys', 'geometry_columns', 'geography_columns') "
        "LOOP EXECUTE 'DROP ' || r.what || ' CASCADE'; END LOOP; END $$",
        "DROP SCHEMA IF EXISTS plan CASCADE",
        "DROP FUNCTION IF EXISTS public.ring_the_bell()",
    )


@pytest.fixture
def read(postgis, source, taxonomy):
    """Read a table of the service `cityhall` as temples."""

    def reader(table="public.temples", **options):
        given = {
            "service": "cityhall", "source": source, "target_crs": CRS, "taxonomy": taxonomy,
            "concept": "wat", "columns": {"name": "title"}, "pillar": "culture",
        }  # fmt: skip
        return read_postgis(table, **{**given, **options})

    return reader


def grant(server, table):
    server.execute(f"GRANT SELECT ON {table} TO {READER}")


def test_a_table_becomes_a_layer_under_its_primary_key(read):
    layer = read(boundary=TOWN)

    assert layer.index.tolist() == ["hall:a1", "hall:a2", "hall:a3"]
    assert layer["name"].tolist() == ["วัดกลาง", "สงขลา", "Wat Pho"]
    assert layer.geometry.tolist() == [point(0, 0), point(1, 0), point(2, 0)]
    assert layer.crs == CRS
    assert layer["since"].tolist() == [1820, 1890, 1950]
    assert layer["cost"].fillna(-1).tolist() == [-1, 12.5, 3]
    assert layer["listed"].fillna("").tolist() == ["", "1901-02-03", "infinity"]


def test_only_what_lies_about_the_area_is_asked_for(read):
    near, whole = read(boundary=TOWN), read()

    assert near.attrs["rows"]["in"] == 3
    assert whole.attrs["rows"]["in"] == 4
    assert near.attrs["database"]["rows"] == 3


def test_the_record_says_what_was_read_and_no_host_user_or_password(read, postgis):
    facts = read(boundary=TOWN).attrs["database"]

    assert facts["service"] == "cityhall"
    assert facts["table"] == "public.temples"
    assert facts["server"].startswith("PostgreSQL 1")
    assert ", PostGIS 3." in facts["server"]
    assert set(facts) == {"service", "table", "rows", "sha256", "server", "read_on"}
    text = json.dumps(facts)
    assert not any(secret in text for secret in (READER, PASSWORDS[READER], str(postgis.folder)))


def test_the_hash_is_of_the_rows_whatever_their_order_and_of_every_value(read, postgis):
    before = read().attrs["database"]["sha256"]
    postgis.execute("CREATE TABLE heap AS SELECT * FROM temples ORDER BY code DESC")
    grant(postgis, "heap")

    with pytest.warns(DataQualityWarning, match="no column with ids"):
        backwards = read("public.heap")
    assert backwards.attrs["database"]["sha256"] == before
    postgis.execute("UPDATE temples SET since = since + 1 WHERE code = 'a3'")
    assert read().attrs["database"]["sha256"] != before


def test_rows_without_a_key_come_in_one_order_whatever_the_table_does(read, postgis):
    for name, order in (("up", "ASC"), ("down", "DESC")):
        postgis.execute(f"CREATE TABLE {name} AS SELECT * FROM temples ORDER BY code {order}")
        grant(postgis, name)

    one, two = (read(name, columns={"id": "code", "name": "title"}) for name in ("up", "down"))
    assert one.index.tolist() == two.index.tolist()


def test_a_condition_is_the_same_sql_as_for_files_and_stays_here(read):
    assert read(where="since < 1900 AND kind = 'wat'").index.tolist() == ["hall:a1", "hall:a2"]
    with pytest.raises(LoadError, match="is no condition on its columns"):
        read(where="since < ; DROP TABLE temples")


@pytest.mark.parametrize(
    "name",
    [
        "public.temples; DROP TABLE public.temples",
        '"; DROP TABLE public.temples; --',
        "public.temples' OR '1'='1",
        "(SELECT * FROM public.temples) AS x",
        "public.temples\x00",
    ],
)
def test_sql_in_the_name_of_a_table_is_a_name_that_nobody_has(read, postgis, name):
    with pytest.raises(LoadError):
        read(name)
    assert postgis.execute("SELECT count(*) FROM temples")[0][0] == 4


def test_a_table_that_is_called_like_an_attack_is_read_as_any_other(read, postgis):
    postgis.execute(
        """CREATE TABLE public."x""; DROP TABLE temples; --" AS SELECT * FROM temples""",
        """GRANT SELECT ON public."x""; DROP TABLE temples; --" TO planner""",
    )

    layer = read('public.x"; DROP TABLE temples; --', columns={"id": "code"}, boundary=TOWN)
    assert len(layer) == 3
    assert postgis.execute("SELECT count(*) FROM temples")[0][0] == 4


def test_a_column_that_is_called_like_an_attack_is_read_as_any_other(read, postgis):
    postgis.execute("""ALTER TABLE temples ADD COLUMN "a"", (DROP TABLE x) --" text DEFAULT 'b' """)

    layer = read(columns={"name": 'a", (DROP TABLE x) --'}, boundary=TOWN)
    assert layer["name"].tolist() == ["b"] * 3


@pytest.mark.parametrize(
    ("column", "hint"),
    [
        ("tiltle", r"did you mean 'title'\?"),
        ("title); DELETE FROM temples; --", "there are: code, "),
    ],
)
def test_a_column_that_is_not_there_is_named_with_those_there_are(read, postgis, column, hint):
    with pytest.raises(LoadError, match=rf"no column .* \(for 'name'\); {hint}"):
        read(columns={"name": column})
    assert postgis.execute("SELECT count(*) FROM temples")[0][0] == 4


def test_a_view_that_would_write_when_it_is_read_cannot(read, postgis):
    postgis.execute(
        "CREATE FUNCTION ring_the_bell() RETURNS text LANGUAGE sql SECURITY DEFINER AS "
        "$$ DELETE FROM public.temples RETURNING title $$",
        "CREATE VIEW bell AS SELECT code, ring_the_bell() AS title, geom FROM temples",
    )
    grant(postgis, "bell")

    with pytest.raises(LoadError, match="reading it would change the database"):
        read("public.bell", columns={"id": "code"})
    assert postgis.execute("SELECT count(*) FROM temples")[0][0] == 4


def test_a_function_of_another_users_making_does_not_stand_in_for_postgis(read, postgis):
    postgis.execute(
        f"CREATE SCHEMA plan AUTHORIZATION {READER}",
        "CREATE FUNCTION plan.st_asbinary(geometry) RETURNS bytea LANGUAGE sql AS $$ SELECT 'x'::bytea $$",
        f"ALTER ROLE {READER} SET search_path = plan, public",
    )
    try:
        assert len(read(boundary=TOWN)) == 3
    finally:
        postgis.execute(f"ALTER ROLE {READER} RESET search_path")


def test_views_without_srid_take_the_systems_of_their_rows(read, postgis):
    postgis.execute("CREATE VIEW seen AS SELECT code, title, geom::geometry AS geom FROM temples")
    grant(postgis, "seen")

    assert len(read("public.seen", columns={"id": "code"}, boundary=TOWN)) == 3


def test_rows_of_several_systems_are_refused(read, postgis):
    postgis.execute(
        "CREATE VIEW mixed AS SELECT code, geom::geometry FROM temples UNION ALL "
        "SELECT 'b', ST_Transform(geom, 4326) FROM temples WHERE code = 'a1'"
    )
    grant(postgis, "mixed")

    with pytest.raises(CRSError, match=r"several systems \(SRID \[4326, 32647\]\)"):
        read("public.mixed")


def test_srid_0_needs_a_crs_and_takes_it(read, postgis):
    postgis.execute(
        "CREATE TABLE bare AS SELECT code, ST_SetSRID(geom::geometry, 0) AS geom FROM temples"
    )
    grant(postgis, "bare")
    options = {"columns": {"id": "code"}, "boundary": TOWN}

    with pytest.raises(CRSError, match=r"does not say what its coordinates are in \(SRID 0\)"):
        read("public.bare", **options)
    assert len(read("public.bare", crs=CRS, **options)) == 3


def test_a_stated_crs_wins_over_the_databases_with_a_warning(read):
    with pytest.warns(DataQualityWarning, match="the database says EPSG:32647"):
        layer = read(crs="EPSG:24047", boundary=TOWN.buffer(2_000))
    moved = layer.geometry.iloc[0].distance(point(0, 0))
    assert 300 < moved < 600  # Indian 1975 against WGS 84 in Songkhla: 448 m


def test_degrees_and_geography_come_into_the_working_crs(read, postgis):
    postgis.execute(
        "CREATE TABLE degrees AS SELECT code, ST_Transform(geom, 4326) AS geom FROM temples",
        "CREATE TABLE globe AS SELECT code, ST_Transform(geom, 4326)::geography AS geom FROM temples",
    )
    for name in ("degrees", "globe"):
        grant(postgis, name)
        layer = read(f"public.{name}", columns={"id": "code"}, boundary=TOWN).sort_index()
        assert layer.geometry.iloc[0].distance(point(0, 0)) < 0.01


def test_shapes_of_every_kind_come_flat_and_without_arcs(read, postgis):
    x, y = ORIGIN
    shapes = {
        "line": f"LINESTRING({x} {y}, {x + 9} {y})",
        "z": f"POINT Z({x} {y} 12)",
        "zm": f"POINT ZM({x} {y} 12 3)",
        "many": f"MULTIPOLYGON((({x} {y}, {x + 9} {y}, {x} {y + 9}, {x} {y})))",
        "arc": f"CURVEPOLYGON(CIRCULARSTRING({x} {y}, {x + 5} {y + 5}, {x + 10} {y}, {x + 5} {y - 5}, {x} {y}))",
        "bag": f"GEOMETRYCOLLECTION(POINT({x} {y}), LINESTRING({x} {y}, {x + 9} {y}))",
    }
    postgis.execute("CREATE TABLE shapes (code text PRIMARY KEY, title text, geom geometry)")
    for code, wkt in shapes.items():
        postgis.execute(
            f"INSERT INTO shapes VALUES ('{code}', '{code}', ST_GeomFromText('{wkt}', 32647))"
        )
    grant(postgis, "shapes")

    with pytest.warns(RepairWarning, match="heights"):
        layer = read("public.shapes", boundary=TOWN)
    assert set(layer.index) == {f"hall:{code}" for code in shapes}
    assert not layer.geometry.has_z.any()
    circle = layer.geometry["hall:arc"]
    assert circle.area == pytest.approx(3.14159 * 25, rel=0.01)


def test_rows_without_a_shape_are_named_and_left_out(read, postgis):
    postgis.execute("INSERT INTO temples VALUES ('void', 'No place', 'wat')")

    with pytest.warns(DataQualityWarning, match="no geometry that can be read"):
        layer = read(boundary=TOWN)
    assert "hall:void" not in layer.index
    assert layer.attrs["rows"]["in"] == 4


def test_one_of_several_geometries_is_to_be_named(read, postgis):
    postgis.execute(
        "ALTER TABLE temples ADD COLUMN gate geometry(Point, 32647)",
        "UPDATE temples SET gate = ST_Translate(geom, 0, 100)",
    )

    with pytest.raises(LoadError, match=r"has 2 geometry columns; name one of \['geom', 'gate'\]"):
        read()
    assert read(geometry="gate", boundary=TOWN).geometry.iloc[0].y == ORIGIN[1] + 100
    with pytest.raises(LoadError, match="no geometry column 'gates'; did you mean 'gate'"):
        read(geometry="gates")


def test_a_table_without_geometry_says_what_it_has(read, postgis):
    postgis.execute("CREATE TABLE plain (lon float8, lat float8)")
    grant(postgis, "plain")

    with pytest.raises(LoadError, match=r"has no geometry column, but \['lon', 'lat'\]"):
        read("public.plain")


def test_a_name_near_to_a_table_is_proposed(read):
    with pytest.raises(LoadError, match=r"no such table or view; did you mean 'public\.temples'\?"):
        read("public.temple")


def test_a_table_that_the_user_may_not_read_says_whom_to_ask(read, postgis):
    postgis.execute(f"REVOKE ALL ON temples FROM {READER}")

    with pytest.raises(LoadError, match="may not read it; ask its owner for SELECT"):
        read()


def test_columns_that_the_user_may_not_read_are_left_out_and_named(read, postgis):
    postgis.execute(
        f"REVOKE ALL ON temples FROM {READER}",
        f"GRANT SELECT (code, title, geom) ON temples TO {READER}",
    )

    with pytest.warns(DataQualityWarning, match=r"may not read the columns \['kind', 'since'"):
        layer = read(boundary=TOWN)
    assert "since" not in layer


def test_a_question_that_takes_too_long_is_stopped(read, postgis):
    postgis.execute(
        "CREATE VIEW slow AS SELECT code, pg_sleep(20)::text AS title, geom FROM temples"
    )
    grant(postgis, "slow")

    with pytest.raises(SourceUnavailableError, match="took longer than 1 s and was stopped"):
        read("public.slow", columns={"id": "code"}, timeout_s=1)


def test_a_wrong_password_is_refused_without_showing_it(read, monkeypatch, tmp_path):
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    monkeypatch.setenv("PGPASSWORD", "not-the-one")

    with pytest.raises(SourceUnavailableError, match="refused the password") as caught:
        read()
    assert not any(text in str(caught.value) for text in ("not-the-one", READER))


def test_a_server_that_is_not_there_is_not_an_empty_table(read, monkeypatch, tmp_path):
    services = tmp_path / "services"
    services.write_text("[gone]\nhost=127.0.0.1\nport=1\ndbname=city\nuser=x\npassword=s3cret%\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))

    with pytest.raises(SourceUnavailableError, match="no server answers there") as caught:
        read(service="gone")
    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_service_that_nobody_knows_is_not_another_server(read):
    with pytest.raises(ConfigError, match=r"no PostgreSQL service 'cityhal' .*'cityhall'"):
        read(service="cityhal")


def test_the_environment_alone_is_enough(read, postgis, monkeypatch):
    monkeypatch.setenv("PGSERVICE", "cityhall")
    assert len(read(service=None, boundary=TOWN)) == 3
    monkeypatch.delenv("PGSERVICE")
    for name, value in {
        "PGHOST": str(postgis.folder), "PGPORT": "54329", "PGDATABASE": "city", "PGUSER": READER,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert len(read(service=None, boundary=TOWN)) == 3


def test_a_password_of_a_service_file_is_in_no_text_of_it(monkeypatch, tmp_path):
    services = tmp_path / "services"
    services.write_text("[hall]\nhost=db.example\npassword=100%s3cret\nsslmode=verify-full\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))

    server = find_server("hall")
    assert server.arguments["password"] == "100%s3cret"
    assert server.arguments["dsn"] == "postgresql://?sslmode=verify-full"
    assert not server.local
    assert "s3cret" not in repr(server)
    services.write_text("[hall\npassword=s3cret\n")
    with pytest.raises(ConfigError, match="it is no service file") as caught:
        find_server("hall")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "local"),
    [("", True), ("/run/postgresql", True), ("localhost", True), ("127.0.0.1", True), ("::1", True),
     ("10.0.0.5", False), ("db.cityhall.go.th", False), ("localhost,10.0.0.5", False)],
)  # fmt: skip
def test_offline_asks_a_database_on_this_machine_only(host, local, monkeypatch, tmp_path, source):
    services = tmp_path / "services"
    services.write_text(f"[there]\nhost={host}\nport=1\nuser=x\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    monkeypatch.delenv("PGHOST", raising=False)

    assert find_server("there").local is local
    if not local:
        with pytest.raises(SourceUnavailableError, match="on another machine, and --offline"):
            read_postgis("t", service="there", source=source, target_crs=CRS, offline=True)


def test_an_area_that_no_row_meets_is_explained(read):
    with pytest.warns(
        EmptyLayerWarning, match=r"none of its 4 rows is in the area. The data are at"
    ):
        layer = read(boundary=square(30, 30))
    assert len(layer) == 0


def test_an_empty_table_is_an_empty_layer(read, postgis):
    postgis.execute("DELETE FROM temples")
    with pytest.warns(EmptyLayerWarning, match="the table has no rows"):
        assert len(read(boundary=TOWN)) == 0


def test_a_database_without_postgis_says_so(read):
    with pytest.raises(LoadError, match="the database has no PostGIS"):
        read(service="empty")


def test_text_of_a_database_that_does_not_know_its_encoding(read, postgis):
    thai = "วัดกลาง".encode("cp874").hex()
    postgis.execute(
        "CREATE TABLE temples (code text PRIMARY KEY, title text, geom geometry(Point, 32647))",
        f"INSERT INTO temples VALUES ('a1', convert_from('\\x{thai}', 'SQL_ASCII'), "
        "'SRID=32647;POINT(676000 795000)')",
        f"GRANT SELECT ON temples TO {READER}",
        db="old",
    )
    try:
        with pytest.raises(LoadError, match=r"row 1 is not in utf-8; state it, e.g. `encoding"):
            read(service="archive")
        assert read(service="archive", encoding="cp874")["name"].tolist() == ["วัดกลาง"]
    finally:
        postgis.execute("DROP TABLE temples", db="old")


def test_a_notebook_whose_loop_is_running_reads_as_a_script_does(read):
    import asyncio

    async def cell():
        return read(boundary=TOWN)

    assert len(asyncio.run(cell())) == 3


def test_more_rows_than_wanted_are_refused(read):
    with pytest.raises(LoadError, match="more than 3 rows in the area"):
        read(max_rows=3)


def test_without_the_driver_the_extra_is_named(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(ConfigError, match=r'pip install "creative-spatial\[postgis\]"'):
        read()


def test_the_driver_is_loaded_only_when_it_is_used():
    code = "import sys, creative_spatial.loaders; print('asyncpg' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_200_000_rows_are_read_in_bounded_memory(read, postgis):
    postgis.execute(
        "CREATE TABLE trees AS SELECT n AS code, 'tree ' || n AS title, 'wat' AS kind, "
        f"ST_SetSRID(ST_MakePoint({ORIGIN[0]} + n % 1000, {ORIGIN[1]} + n / 1000), 32647) AS geom "
        "FROM generate_series(1, 200000) AS n",
        "ALTER TABLE trees ADD PRIMARY KEY (code)",
    )
    grant(postgis, "trees")
    code = textwrap.dedent(f"""
        import resource, warnings
        import creative_spatial as cs
        from creative_spatial.provenance import Source
        import geopandas, pyogrio, asyncpg
        source = Source(id="hall", title="t", license="CC0-1.0", attribution="a")
        def peak():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        before = peak()
        layer = cs.loaders.read_postgis(
            "public.trees", service="cityhall", source=source, target_crs="{CRS}",
            columns={{"name": "title"}}, concept="wat")
        print(len(layer), round(peak() - before))
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows, grown_mb = map(int, done.stdout.split())
    assert rows == 200_000
    assert grown_mb < 400


CITY = """
schema = 1
[city]
name = "Town"
[[boundary]]
id = "town"
path = "town.gpkg"
[units]
cell_m = 500
[[source]]
id = "hall"
title = "Register"
license = "CC-BY-4.0"
attribution = "City hall"
[[layer]]
pillar = "culture"
kind = "postgis"
{place}
source = "hall"
columns = {{ name = "title" }}
concept = "wat"
"""


@pytest.fixture
def city(tmp_path, town):
    """A city folder whose culture is in a database."""

    def write(place='service = "cityhall"\ntable = "public.temples"'):
        town.to_file(tmp_path / "town.gpkg")
        (tmp_path / "city.toml").write_text(CITY.format(place=place))
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ('table = "t"\nservice = "postgresql://u:pa55word@h/db"', "does not belong in city.toml"),
        ('table = "t"\nservice = "host=h password=pa55word"', "does not belong in city.toml"),
        ('path = "postgres://u:pa55word@h/db"', "does not belong in city.toml"),
        ('path = "PG:dbname=x password=pa55word"', "does not belong in city.toml"),
        ('table = "t"\npassword = "pa55word"', "unknown key 'layer.0.password'"),
        ('service = "cityhall"', "needs table"),
        ('table = "t"\npath = "x.gpkg"', "take path, layer out"),
    ],
)
def test_an_address_or_password_in_city_toml_is_refused_and_not_repeated(city, place, said):
    with pytest.raises(ConfigError, match=said) as caught:
        CityConfig.read(city(place))
    assert "pa55word" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:.*kind has words that name no class here")
def test_a_city_is_assessed_from_a_database_and_its_record_has_no_secret(city, postgis, tmp_path):
    from creative_spatial import Assessment

    folder = city()
    assessment = Assessment.from_toml(folder, offline=True)  # the server is on this machine
    result = assessment.run(only=[])
    assert sorted(result.layers["culture"].index) == ["hall:a1", "hall:a2", "hall:a3"]

    inputs = result.inputs["PostGIS public.temples (cityhall)"]
    assert len(inputs["sha256"]) == 64
    assert inputs["online"]["table"] == "public.temples"
    assert inputs["layers"][0]["rows"]["in"] == 3
    results = assessment.save(result, tmp_path / "results", maps=[])
    written = b"".join(file.read_bytes() for file in results.rglob("*") if file.is_file())
    secrets = (PASSWORDS[READER], str(postgis.folder), f'"{READER}"')
    assert not [secret for secret in secrets if secret.encode() in written]


def test_check_reports_a_database_that_is_away_beside_the_rest(
    city, postgis, monkeypatch, tmp_path
):
    from creative_spatial import Assessment

    services = tmp_path / "services"
    services.write_text("[cityhall]\nhost=127.0.0.1\nport=1\nuser=x\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))

    findings = Assessment.from_toml(city()).check()
    found = [f for f in findings if f.file == "PostGIS public.temples (cityhall)"]
    assert [f.severity for f in found] == ["error"]
    assert "no server answers there" in found[0].message


@pytest.mark.filterwarnings("ignore:.*kind has words that name no class here")
def test_verify_says_of_a_database_that_it_was_not_compared(city, postgis, tmp_path):
    from creative_spatial import Assessment, dossier

    folder = city()
    assessment = Assessment.from_toml(folder)
    results = assessment.save(assessment.run(only=[]), tmp_path / "results", maps=[])

    found = dossier.verify(results, city=folder)
    assert [(one.file, one.state) for one in found if one.of == "inputs"] == [
        ("PostGIS public.temples (cityhall)", "unchecked")
    ]


def test_nothing_secret_is_logged(read, caplog):
    caplog.set_level(logging.DEBUG)
    read(boundary=TOWN)
    assert PASSWORDS[READER] not in caplog.text
