"""Requests are osmnx's own; what it would do beyond one request, and to the process, it does not."""

from __future__ import annotations

import inspect
import json
import socket
import threading
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import osmnx
import pytest
import requests
from drawn_osm import BOX, DrawnOsm
from loopback import JSON, LoopbackServer, Reply, StoppedClock, overpass_xml, settings_for
from osmnx import _http, _nominatim, _overpass
from requests.auth import HTTPDigestAuth

from creative_spatial.errors import SourceUnavailableError
from creative_spatial.loaders.online import download_area, find_place

pytestmark = pytest.mark.usefixtures("loopback")

RING = [[100.0, 7.0], [100.1, 7.0], [100.1, 7.1], [100.0, 7.0]]
PLACE = {
    "osm_type": "relation",
    "osm_id": 1,
    "display_name": "A",
    "geojson": {"type": "Polygon", "coordinates": [RING]},
}
PLACES = Reply(json.dumps([PLACE]), kind=JSON)


@pytest.fixture
def clock():
    return StoppedClock()


@pytest.fixture
def good():
    drawn = DrawnOsm(bounds=None)
    drawn.node(1, 100.05, 7.05, tourism="museum")
    return Reply(overpass_xml(drawn))


def state():
    """What belongs to the process and osmnx reads or changes."""
    names = [name for name in vars(osmnx.settings) if not name.startswith("_")]
    settings = {name: getattr(osmnx.settings, name) for name in names}
    return settings, _http._config_dns, socket.getaddrinfo


class TestTheirFunctions:
    """Private names that `osmnx_request` relies on; another osmnx may have changed them."""

    @pytest.mark.parametrize(
        ("function", "parameters"),
        [
            (_overpass._overpass_request, ["data"]),
            (_nominatim._nominatim_request, ["params", "request_type"]),
            (_http._config_dns, ["url"]),
        ],
    )
    def test_they_are_there(self, function, parameters):
        assert list(inspect.signature(function).parameters) == parameters

    def test_overpass_is_asked_by_them(self, tmp_path, clock, good, monkeypatch):
        calls, ask = [], _overpass._overpass_request
        monkeypatch.setattr(_overpass, "_overpass_request", lambda data: calls.append(ask(data)))
        with LoopbackServer(good) as server:
            download_area(BOX, settings_for(tmp_path, overpass=[server], clock=clock))
        # The answer is on disk; osmnx gets an empty one.
        assert calls == [{}]

    @pytest.mark.parametrize(("name", "kind"), [("A", "search"), ("R1", "lookup")])
    def test_and_nominatim_too(self, tmp_path, clock, monkeypatch, name, kind):
        calls, ask = [], _nominatim._nominatim_request

        def spy(params, *, request_type):
            calls.append((request_type, ask(params, request_type=request_type)))

        monkeypatch.setattr(_nominatim, "_nominatim_request", spy)
        with LoopbackServer(PLACES) as server:
            find_place(name, settings_for(tmp_path, nominatim=[server], clock=clock))
        assert calls == [(kind, [])]

    @pytest.mark.parametrize(
        "gone",
        [
            (_overpass, "_overpass_request"),
            (_http, "_config_dns"),
            (osmnx.settings, "overpass_rate_limit"),
        ],
    )
    def test_one_that_is_gone_is_told(self, tmp_path, clock, good, monkeypatch, gone):
        monkeypatch.delattr(*gone)
        self._is_told(tmp_path, clock, good, said=f"'{gone[1]}'")

    def test_one_that_shows_no_response_is_told(self, tmp_path, clock, good, monkeypatch):
        monkeypatch.setattr(
            _overpass, "_overpass_request", lambda data: requests.post(url, data, timeout=5)
        )
        with LoopbackServer(good) as other:
            url = other.url
            self._is_told(tmp_path, clock, good, said="shows no response to a hook")
        assert len(other.asked) == 1

    def _is_told(self, tmp_path, clock, good, *, said):
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            with pytest.raises(
                SourceUnavailableError, match="asks in a way that this package does not know"
            ) as caught:
                download_area(BOX, settings)
        assert said in str(caught.value)
        assert osmnx.__version__ in str(caught.value)
        assert not server.asked


class TestTheProcess:
    def test_during_the_request_osmnx_is_ours(self, tmp_path, clock, good):
        seen = []

        def look(*_, **__):
            seen.append(state())

        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            settings = replace(settings, request_options={"hooks": {"response": look}})
            download_area(BOX, settings)
        ((during, _, getaddrinfo),) = seen
        assert during["http_user_agent"] == "creative-spatial/test"
        assert during["requests_timeout"] == (15, 195)  # 180 s at work, 15 s to connect
        assert not during["use_cache"]
        assert during["doh_url_template"] is None
        assert getaddrinfo is socket.getaddrinfo

    @pytest.mark.parametrize("end", [None, SourceUnavailableError, KeyboardInterrupt])
    def test_afterwards_everything_is_as_before(self, tmp_path, clock, good, end):
        before = state()

        def stop(*_, **__):
            raise KeyboardInterrupt

        hooks = {"hooks": {"response": [stop]}} if end is KeyboardInterrupt else {}
        first = replace(good, status=403) if end is SourceUnavailableError else good
        with LoopbackServer(first) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            settings = replace(settings, request_options=hooks)
            if end is None:
                download_area(BOX, settings)
            else:
                with pytest.raises(end):
                    download_area(BOX, settings)
        assert len(server.asked) == 1
        assert state() == before

    def test_what_another_thread_asks_meanwhile_is_not_taken(self, tmp_path, clock, good):
        theirs = []

        def ask():
            options = osmnx.settings.requests_kwargs
            theirs.append(requests.get(other.url, timeout=5, **options).text)

        def meanwhile(*_, **__):
            if threading.current_thread() is threading.main_thread():
                (thread := threading.Thread(target=ask)).start()
                thread.join()

        plain = Reply("theirs", kind="text/plain")
        with LoopbackServer(plain) as other, LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            settings = replace(settings, request_options={"hooks": {"response": meanwhile}})
            answer = download_area(BOX, settings)
        assert theirs == ["theirs"]
        assert answer.path.read_text().startswith("<?xml")

    @pytest.mark.parametrize(
        ("service", "ask"),
        [("overpass", partial(download_area, BOX)), ("nominatim", partial(find_place, "A"))],
    )
    def test_a_name_is_resolved_by_the_system_and_by_nobody_else(
        self, tmp_path, clock, monkeypatch, service, ask
    ):
        looked_up = []

        def unknown(host, *_, **__):
            looked_up.append(host)
            raise socket.gaierror("unknown")

        monkeypatch.setenv("NO_PROXY", "*")
        for name in ("getaddrinfo", "gethostbyname"):
            monkeypatch.setattr(socket, name, unknown)
        url = "http://nowhere.invalid/"
        nowhere = SimpleNamespace(url=url, interpreter=f"{url}interpreter")
        settings = settings_for(tmp_path, **{service: [nowhere]}, clock=clock)
        with pytest.raises(
            SourceUnavailableError, match=r"nowhere\.invalid: the connection failed"
        ):
            ask(settings)
        assert looked_up == ["nowhere.invalid"]


class TestOptions:
    def test_headers_name_this_package_and_not_osmnx(self, tmp_path, clock):
        with LoopbackServer(PLACES) as server:
            find_place("A", settings_for(tmp_path, nominatim=[server], clock=clock))
        headers = {name.lower(): value for name, value in server.asked[0].headers.items()}
        assert headers["user-agent"] == "creative-spatial/test"
        assert headers["accept-language"] == "en"
        assert "referer" not in headers

    def test_a_time_out_of_the_users_does_not_cut_a_long_query_short(self, tmp_path, clock, good):
        slow = replace(good, drip=len(good.body) // 2, pause_s=0.3)
        with LoopbackServer(slow) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            download_area(BOX, replace(settings, request_options={"timeout": 0.05}))
        assert len(server.asked) == 1

    def test_who_has_to_log_in_is_let_in(self, tmp_path, clock, good):
        challenge = {"WWW-Authenticate": 'Digest realm="osm", nonce="1", qop="auth"'}
        with LoopbackServer(Reply(status=401, headers=challenge), good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            login = {"auth": HTTPDigestAuth("user", "secret")}
            download_area(BOX, replace(settings, request_options=login))
        assert [asked.headers.get("Authorization", "")[:6] for asked in server.asked] == [
            "",
            "Digest",
        ]

    def test_a_key_is_in_no_log_of_osmnx(self, tmp_path, clock, monkeypatch, capfd):
        monkeypatch.setattr(osmnx.settings, "log_file", True)
        monkeypatch.setattr(osmnx.settings, "log_console", True)
        monkeypatch.setattr(osmnx.settings, "logs_folder", tmp_path / "logs")
        with LoopbackServer(PLACES) as server:
            settings = settings_for(tmp_path, nominatim=[server], clock=clock)
            find_place("A", replace(settings, nominatim_key="s3cret"))
        assert server.asked[0].params["key"] == ["s3cret"]
        assert not (tmp_path / "logs").exists()
        assert "s3cret" not in "".join(capfd.readouterr())


class TestRedirect:
    def test_it_says_the_whole_address(self, tmp_path, clock):
        moved = Reply(status=302, headers={"Location": "/v2/search?q=A"})
        with LoopbackServer(moved, PLACES) as server:
            find_place("A", settings_for(tmp_path, nominatim=[server], clock=clock))
        assert (server.asked[1].path, server.asked[1].params) == ("/v2/search", {"q": ["A"]})

    def test_a_cookie_that_comes_with_it_goes_along(self, tmp_path, clock, good):
        moved = Reply(status=307, headers={"Location": "/api", "Set-Cookie": "seen=1"})
        with LoopbackServer(moved, good) as server:
            download_area(BOX, settings_for(tmp_path, overpass=[server], clock=clock))
        assert server.asked[1].headers["Cookie"] == "seen=1"

    def test_its_body_is_not_read(self, tmp_path, clock, good):
        # `requests` would read all of it before it follows.
        page = Reply("x" * 4000, status=302, headers={"Location": "/api"}, drip=10, pause_s=0.05)
        with LoopbackServer(page, good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock, deadline_s=5)
            download_area(BOX, settings)
        assert server.asked[1].began - server.asked[0].began < 10
