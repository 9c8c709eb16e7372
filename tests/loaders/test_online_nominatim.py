"""Looking a place up by its name: its outline, which of several, and how it is asked."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import replace

import pytest
from loopback import JSON, XML, LoopbackServer, Reply, StoppedClock, settings_for

from creative_spatial.errors import (
    ConfigError,
    DataQualityWarning,
    GeometryError,
    LoadError,
    SourceUnavailableError,
)
from creative_spatial.loaders.online import OnlineSettings, find_place

SQUARE = [[100.0, 7.0], [100.1, 7.0], [100.1, 7.1], [100.0, 7.1], [100.0, 7.0]]
BOW_TIE = [[100.0, 7.0], [100.1, 7.1], [100.1, 7.0], [100.0, 7.05], [100.0, 7.0]]


pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
def clock():
    return StoppedClock()


def place(osm_id, name, ring=SQUARE, kind="relation"):
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"osm_type": kind, "osm_id": osm_id, "display_name": name, "geojson": geometry}


def point(osm_id, name):
    geometry = {"type": "Point", "coordinates": [100.05, 7.05]}
    return {"osm_type": "node", "osm_id": osm_id, "display_name": name, "geojson": geometry}


def reply(*places):
    return Reply(json.dumps(places), kind=JSON)


def ask(name, tmp_path, clock, *replies, **changes):
    """Look a name up with a server that gives these replies; the place and the server."""
    with LoopbackServer(*replies) as server:
        settings = settings_for(tmp_path, nominatim=[server], clock=clock)
        return find_place(name, replace(settings, **changes)), server


class TestFound:
    def test_the_first_area_is_taken_and_a_point_before_it_passed_over(self, tmp_path, clock):
        town = place(19238, "Songkhla, Thailand")
        found, _ = ask("Songkhla", tmp_path, clock, reply(point(5, "Songkhla station"), town))
        assert (found.osm_id, found.name) == ("relation/19238", "Songkhla, Thailand")
        assert found.outline.crs == "EPSG:4326"
        assert found.outline.iloc[0].bounds == (100.0, 7.0, 100.1, 7.1)

    def test_it_comes_with_its_licence_and_where_to_look_it_up(self, tmp_path, clock):
        found, _ = ask("Songkhla", tmp_path, clock, reply(place(19238, "Songkhla")))
        source = found.boundary_source
        assert (source.license, source.attribution) == ("ODbL-1.0", "© OpenStreetMap contributors")
        assert source.url == "https://www.openstreetmap.org/relation/19238"

    def test_one_of_several_areas_is_taken_with_a_warning_that_names_the_others(
        self, tmp_path, clock
    ):
        both = reply(place(1, "Songkhla Province"), place(2, "Songkhla City Municipality"))
        with pytest.warns(
            DataQualityWarning,
            match="names 2 areas; taken: relation/1 .*also: relation/2 Songkhla City Municipality",
        ):
            found, _ = ask("Songkhla", tmp_path, clock, both)
        assert found.osm_id == "relation/1"

    def test_the_same_area_twice_is_no_choice(self, tmp_path, clock):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found, _ = ask("x", tmp_path, clock, reply(place(1, "A"), place(1, "A")))
        assert found.osm_id == "relation/1"

    def test_an_id_is_looked_up_rather_than_searched(self, tmp_path, clock):
        _, server = ask("R19238", tmp_path, clock, reply(place(19238, "Songkhla")))
        assert server.asked[0].path == "/lookup"
        assert server.asked[0].params["osm_ids"] == ["R19238"]

    def test_a_name_in_thai_arrives_as_it_is_written(self, tmp_path, clock):
        _, server = ask("  เทศบาลนคร   สงขลา ", tmp_path, clock, reply(place(1, "สงขลา")))
        assert (server.asked[0].path, server.asked[0].params["q"]) == (
            "/search",
            ["เทศบาลนคร สงขลา"],
        )

    def test_it_is_kept_and_found_offline(self, tmp_path, clock):
        first, _ = ask("Songkhla", tmp_path, clock, reply(place(1, "Songkhla")))
        again, server = ask("Songkhla", tmp_path, clock, reply(), offline=True)
        assert not server.asked
        assert again.outline.equals(first.outline)

    def test_a_key_is_sent_but_written_nowhere(self, tmp_path, clock):
        _, server = ask("A", tmp_path, clock, reply(place(1, "A")), nominatim_key="s3cret")
        assert server.asked[0].params["key"] == ["s3cret"]
        kept = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
        assert not any("s3cret" in text for text in kept)


class TestNotFound:
    def test_an_unknown_name(self, tmp_path, clock):
        with pytest.raises(LoadError, match="'Atlantis' was not found; an area is needed"):
            ask("Atlantis", tmp_path, clock, reply())

    def test_a_name_without_an_area(self, tmp_path, clock):
        with pytest.raises(LoadError, match=r"found as a point or line only \(node/5\)"):
            ask("Songkhla", tmp_path, clock, reply(point(5, "Songkhla")))

    def test_what_was_not_found_is_asked_again_the_next_time(self, tmp_path, clock):
        with pytest.raises(LoadError):
            ask("New town", tmp_path, clock, reply())
        found, server = ask("New town", tmp_path, clock, reply(place(1, "New town")))
        assert found.osm_id == "relation/1"
        assert len(server.asked) == 1

    def test_no_name(self, tmp_path, clock):
        with pytest.raises(LoadError, match="name is empty"):
            ask("  ", tmp_path, clock, reply())

    @pytest.mark.parametrize(
        "ring",
        [BOW_TIE, [[200.0, 7.0], [201.0, 7.0], [201.0, 8.0], [200.0, 7.0]], [[1.0]], []],
        ids=["crosses itself", "beyond the world", "no coordinates", "empty"],
    )
    def test_an_outline_that_is_none_is_refused(self, tmp_path, clock, ring):
        with pytest.raises(GeometryError, match="the outline of relation/1"):
            ask("A", tmp_path, clock, reply(place(1, "A", ring)))


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("[{", JSON, "cut off or no JSON"),
        ('{"error": "x"}', JSON, "no list of places"),
        ('["x"]', JSON, "no place with an outline"),
        (json.dumps([{**place(1, "A"), "osm_type": "../../x"}]), JSON, "no place with an outline"),
        ("[" * 100_000, JSON, "cut off or no JSON"),
        ("[]", XML, "sent 'application/osm3s+xml', not application/json"),
    ],
)
def test_what_is_no_answer_is_refused_and_not_kept(tmp_path, clock, body, kind, said):
    with pytest.raises(SourceUnavailableError, match=re.escape(said)):
        ask("A", tmp_path, clock, Reply(body, kind=kind))
    assert [path.name for path in (tmp_path / "nominatim").iterdir()] == ["turn.lock"]


class TestSettings:
    def test_by_default_the_package_introduces_itself_by_name_and_version(self, monkeypatch):
        monkeypatch.setenv("CREATIVE_SPATIAL_CONTACT", "gis@example.org\r\nX: y")
        agent = OnlineSettings.load().user_agent
        assert agent.startswith("creative-spatial/")
        assert agent.endswith("; gis@example.org X: y)")

    def test_what_a_user_has_set_in_osmnx_is_respected(self, monkeypatch):
        import osmnx

        monkeypatch.setattr(osmnx.settings, "overpass_url", "https://osm.example.org/api")
        monkeypatch.setattr(osmnx.settings, "http_user_agent", "Atlas of Songkhla")
        monkeypatch.setattr(osmnx.settings, "requests_kwargs", {"verify": "ca.pem"})
        settings = OnlineSettings.load()
        urls = [endpoint.url for endpoint in settings.facts.overpass.endpoints]
        assert urls == ["https://osm.example.org/api/interpreter"]
        assert settings.user_agent == "Atlas of Songkhla"
        assert settings.request_options == {"verify": "ca.pem"}

    def test_the_environment_wins(self, monkeypatch, tmp_path):
        monkeypatch.setenv("CREATIVE_SPATIAL_OVERPASS", "http://localhost:1/api/interpreter")
        monkeypatch.setenv("CREATIVE_SPATIAL_NOMINATIM", "http://localhost:2/nominatim/")
        monkeypatch.setenv("CREATIVE_SPATIAL_CACHE", str(tmp_path))
        settings = OnlineSettings.load()
        assert settings.facts.overpass.endpoints[0].url == "http://localhost:1/api/interpreter"
        assert settings.facts.nominatim.endpoints[0].url == "http://localhost:2/nominatim/"
        assert settings.folder == tmp_path / "online"

    @pytest.mark.parametrize("address", ["file:///etc/passwd", "overpass", "https://", "http://["])
    def test_an_address_that_is_none_is_refused(self, monkeypatch, address):
        monkeypatch.setenv("CREATIVE_SPATIAL_OVERPASS", address)
        with pytest.raises(ConfigError, match=r"CREATIVE_SPATIAL_OVERPASS: .* no address"):
            OnlineSettings.load()

    def test_servers_of_overpass_end_as_osmnx_builds_them(self):
        endpoints = OnlineSettings.load().facts.overpass.endpoints
        assert all(endpoint.url.endswith("/interpreter") for endpoint in endpoints)
