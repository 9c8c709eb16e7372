"""The [[route]] tables of city.toml: what cannot be meant is said, with the likely remedy."""

from __future__ import annotations

import pytest

from creative_spatial.config import CityConfig
from creative_spatial.errors import ConfigError

CITY = """
schema = 1
[city]
name = "Town"
[[boundary]]
id = "town"
path = "town.geojson"
[osm]
path = "town.osm"
[[route]]
id = "walk"
stops = ["City Pillar Shrine", "Wat Klang", "osm:node/7"]
"""


@pytest.fixture
def read(tmp_path):
    (tmp_path / "town.geojson").write_text("{}")
    (tmp_path / "town.osm").write_text("<osm/>")

    def reading(text):
        (tmp_path / "city.toml").write_text(CITY + text, encoding="utf-8")
        return CityConfig.read(tmp_path / "city.toml")

    return reading


def test_a_route_needs_an_id_and_stops(read):
    (route,) = read("").route
    assert (route.ordered, route.closed, route.budget_min, route.stay_min) == (
        False,
        False,
        None,
        0,
    )
    plan = read('closed = true\nbudget_min = 120\nmust_see = ["Wat Klang"]\nstay_min = "minutes"')
    assert plan.route[0].stay_min == "minutes"
    assert plan.as_dict()["route"][0]["must_see"] == ["Wat Klang"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('must_see = ["Wat Klong"]', r"must_see: 'Wat Klong' is not among the stops; did you mean 'Wat Klang'\?"),
        ('start = "City Pilar"', r"start: 'City Pilar' is not among the stops; did you mean 'City Pillar Shrine'\?"),
        ("budget_min = 0", "budget_min"),
        ("budget_min = inf", "budget_min"),
        ("stay_min = -1", "stay_min"),
        ('ordered = true\nmust_see = ["Wat Klang"]', "take must_see out"),
        ('ordered = true\nbudget_min = 9\nstart = "Wat Klang"', "take budget_min, start out"),
        ('closed = true\nend = "Wat Klang"', "ends where it starts"),
        ('start = "Wat Klang"\nend = "Wat Klang"', "write closed = true"),
        ('score = "fame"', "add budget_min"),
        ('source = "guide"', r"\[\[route\]\] walk: source 'guide' has no \[\[source\]\]"),
        ('stop = ["x"]', r"unknown key 'route.*stop'.*did you mean 'stops'"),
        ('[[route]]\nid = "walk"\nstops = ["a", "b"]', r"\[\[route\]\] ids \['walk'\] occur more than once"),
        ('note = "by boat"', r"route\.0\.note"),
        ('note = { English = "by boat" }', r"route\.0\.note"),
        ('note = { en = " " }', r"route\.0\.note\.en"),
        (f'note = {{ en = "{"x" * 401}" }}', r"route\.0\.note\.en"),
        ('[[route]]\nid = "../x"\nstops = ["a", "b"]', r"route\.1\.id"),
        ('[[route]]\nid = "one"\nstops = ["a"]', "a route has two stops or more"),
        ('[[route]]\nid = "none"', "name two or more; or, where a published route's are not known"),
        ('[[route]]\nid = "none"\nstops = []\nmust_see = ["a"]', "name two or more"),
        ('[[route]]\nid = "twice"\nstops = ["a", "b", "a"]', r"\['a'\] more than once; closed = true"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(read, text, fault):
    with pytest.raises(ConfigError, match=fault):
        read(text)


def test_a_route_of_more_stops_than_anybody_walks_is_refused(read):
    stops = ", ".join(f'"s{number}"' for number in range(101))
    with pytest.raises(ConfigError, match=r"route\.1\.stops"):
        read(f'[[route]]\nid = "all"\nstops = [{stops}]')
