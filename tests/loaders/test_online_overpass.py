"""Asking Overpass: politely, one at a time; whole answers are kept, all others refused."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import re
import subprocess
import sys
import threading
import warnings
from dataclasses import replace

import pytest
import shapely
from drawn_osm import BOX, DrawnOsm
from loopback import JSON, LoopbackServer, Reply, StoppedClock, overpass_xml, settings_for

from creative_spatial.errors import (
    CreativeSpatialError,
    DataQualityWarning,
    LoadError,
    OutputError,
    SourceUnavailableError,
)
from creative_spatial.loaders import read_osm
from creative_spatial.loaders.online import download_area, download_relation
from creative_spatial.loaders.online.overpass import area_query

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
def clock():
    return StoppedClock()


@pytest.fixture
def town():
    """A museum, and a park as a closed way."""
    drawn = DrawnOsm(bounds=None)
    drawn.node(1, 100.05, 7.05, tourism="museum", name="พิพิธภัณฑ์")
    drawn.square(2, 100.02, 7.02, leisure="park")
    return drawn


@pytest.fixture
def good(town):
    return Reply(overpass_xml(town))


class TestAnswer:
    def test_the_one_reader_reads_it_with_the_date_of_the_data(self, tmp_path, clock, good):
        with LoopbackServer(good) as server:
            answer = download_area(BOX, settings_for(tmp_path, overpass=[server], clock=clock))
        extract = read_osm(answer.path, boundary=shapely.box(*BOX))
        assert sorted(extract.features["concept"]) == ["museum", "park"]
        assert extract.source.date == "2026-02-28T23:00:00Z"

    def test_packed_and_in_chunks_it_is_the_same(self, tmp_path, clock, town, good):
        packed = gzip.compress(overpass_xml(town).encode())
        replies = [good, replace(good, chunked=True, drip=99)]
        replies += [
            replace(good, packed=packed),
            replace(good, packed=packed, chunked=True, drip=9),
        ]
        with LoopbackServer(*replies) as server:
            hashes = set()
            for number in range(len(replies)):
                settings = settings_for(tmp_path / str(number), overpass=[server], clock=clock)
                hashes.add(download_area(BOX, settings).record.sha256)
        assert len(server.asked) == 4
        assert len(hashes) == 1

    def test_its_record_says_what_was_asked_whom_when_and_until_when(self, tmp_path, clock, good):
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            answer = download_area(BOX, settings)
        record = json.loads(answer.path.with_name(answer.path.name + ".json").read_text())
        assert record.pop("sha256") == answer.record.sha256
        assert record == {
            "service": "overpass",
            "query": area_query(BOX, settings),
            "endpoint": server.interpreter,
            "data_timestamp": "2026-02-28T23:00:00Z",
            "fetched": "2026-03-01T12:00:00+00:00",
            "expires": "2026-03-31T12:00:00+00:00",
            "version": 1,
        }

    def test_the_request_introduces_itself(self, tmp_path, clock, good):
        with LoopbackServer(good) as server:
            download_area(BOX, settings_for(tmp_path, overpass=[server], clock=clock))
        assert server.asked[0].method == "POST"
        assert server.asked[0].headers["User-Agent"] == "creative-spatial/test"

    def test_ways_and_areas_are_asked_for_whole(self, tmp_path, clock):
        query = area_query((100.0004, 7.0, 100.0996, 7.1), settings_for(tmp_path, clock=clock))
        assert query.startswith("[out:xml][timeout:180][maxsize:1073741824];")
        assert "way(7.000,100.000,7.100,100.100);" in query
        assert "relation.here[type=multipolygon]" in query
        assert query.endswith(
            "way(r.whole)->.rims;(.here;.rims;node(w.ways);node(w.rims);)->.all;"
            ".all out count;.all out meta;"
        )

    def test_an_area_for_a_download_of_its_own_is_not_asked_of_public_servers(
        self, tmp_path, clock, good
    ):
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            with pytest.raises(LoadError, match=r"cover 12,\d{3} km².*2,500 at most.*\.osm\.pbf"):
                download_area((100.0, 7.0, 101.0, 8.0), settings)
        assert not server.asked


class TestKept:
    def test_what_is_kept_is_not_asked_again_until_it_expires(self, tmp_path, clock, good):
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            first = download_area(BOX, settings)
            clock.pass_days(29.9)
            assert download_area(BOX, settings) == first
            assert len(server.asked) == 1
            clock.pass_days(0.2)
            download_area(BOX, settings)
            assert len(server.asked) == 2

    def test_another_box_is_another_question(self, tmp_path, clock, good):
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            download_area(BOX, settings)
            download_area((100.0, 7.0, 100.2, 7.1), settings)
        assert len(server.asked) == 2

    @pytest.mark.parametrize("damage", ["file", "record", "gone"])
    def test_what_was_damaged_on_disk_is_asked_again(self, tmp_path, clock, good, damage):
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            path = download_area(BOX, settings).path
            if damage == "file":
                path.write_bytes(path.read_bytes()[:-20])
            elif damage == "record":
                path.with_name(path.name + ".json").write_text('{"version": 1', encoding="utf-8")
            else:
                path.unlink()
            download_area(BOX, settings)
        assert len(server.asked) == 2

    def test_offline_takes_what_is_kept(self, tmp_path, clock, good):
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            first = download_area(BOX, settings)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert download_area(BOX, replace(settings, offline=True)) == first
        assert len(server.asked) == 1

    def test_offline_takes_what_has_expired_but_says_so(self, tmp_path, clock, good):
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            first = download_area(BOX, settings)
            clock.pass_days(31)
            with pytest.warns(DataQualityWarning, match=r"has expired \(fetched 2026-03-01\)"):
                assert download_area(BOX, replace(settings, offline=True)) == first
        assert len(server.asked) == 1

    def test_offline_with_nothing_kept_fails_and_asks_nobody(self, tmp_path, clock, good):
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock, offline=True)
            with pytest.raises(SourceUnavailableError, match=r"no answer is kept.*--offline"):
                download_area(BOX, settings)
        assert not server.asked

    def test_an_expired_answer_is_offered_but_not_taken_where_the_server_fails(
        self, tmp_path, clock, good
    ):
        with LoopbackServer(good, Reply(status=500)) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            download_area(BOX, settings)
            clock.pass_days(31)
            with pytest.raises(
                SourceUnavailableError, match=r"status 500.*--offline takes .* 2026-03-01"
            ):
                download_area(BOX, settings)

    def test_a_folder_that_cannot_be_made_is_named_with_the_remedy(self, tmp_path, clock, good):
        (tmp_path / "file").touch()
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path / "file", overpass=[server], clock=clock)
            with pytest.raises(OutputError, match="CREATIVE_SPATIAL_CACHE"):
                download_area(BOX, settings)


class TestManners:
    def test_one_request_at_a_time_whoever_asks(self, tmp_path, clock, good):
        slow = replace(good, drip=200, pause_s=0.02)
        with LoopbackServer(slow) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            boxes = [(100.0, 7.0, 100.1 + i / 100, 7.1) for i in range(4)]
            threads = [
                threading.Thread(target=download_area, args=(box, settings)) for box in boxes
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(server.asked) == 4
        turns = sorted((asked.began, asked.ended) for asked in server.asked)
        assert all(turns[i][0] < turns[i][1] <= turns[i + 1][0] + 0.02 for i in range(3))
        assert clock.waits == [1.0, 1.0, 1.0]

    def test_threads_that_want_the_same_ask_once(self, tmp_path, clock, good):
        with LoopbackServer(replace(good, drip=200, pause_s=0.02)) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            threads = [
                threading.Thread(target=download_area, args=(BOX, settings)) for _ in range(3)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(server.asked) == 1

    def test_after_too_many_it_waits_as_long_as_it_is_told(self, tmp_path, clock, good):
        told = Reply(status=429, headers={"Retry-After": "42"})
        with LoopbackServer(told, good) as server:
            download_area(BOX, settings_for(tmp_path, overpass=[server], clock=clock))
        assert clock.waits == [42.0]

    def test_and_half_a_minute_where_it_is_told_nothing_or_less(self, tmp_path, clock, good):
        hasty = Reply(status=429, headers={"Retry-After": "1"})
        with LoopbackServer(Reply(status=429), hasty, good) as server:
            download_area(BOX, settings_for(tmp_path, overpass=[server], clock=clock))
        assert clock.waits == [30.0, 30.0]

    def test_a_date_to_wait_for_is_understood(self, tmp_path, clock, good):
        told = Reply(status=429, headers={"Retry-After": "Sun, 01 Mar 2026 12:01:40 GMT"})
        with LoopbackServer(told, good) as server:
            download_area(BOX, settings_for(tmp_path, overpass=[server], clock=clock))
        assert clock.waits == [100.0]

    def test_the_rule_is_not_gone_around_by_asking_another_server(self, tmp_path, clock, good):
        with LoopbackServer(Reply(status=429)) as first, LoopbackServer(good) as second:
            settings = settings_for(tmp_path, overpass=[first, second], clock=clock)
            with pytest.raises(SourceUnavailableError, match=r"too many requests \(429\)"):
                download_area(BOX, settings)
        assert (len(first.asked), len(second.asked)) == (3, 0)

    def test_an_hour_is_too_long_to_wait(self, tmp_path, clock, good):
        told = Reply(status=429, headers={"Retry-After": "3600"})
        with LoopbackServer(told, good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            with pytest.raises(SourceUnavailableError, match="a pause of 3600 s"):
                download_area(BOX, settings)
        assert clock.waits == []

    def test_a_busy_server_is_asked_ever_later_and_then_the_next_one(self, tmp_path, clock, good):
        with LoopbackServer(Reply(status=504)) as first, LoopbackServer(good) as second:
            settings = settings_for(tmp_path, overpass=[first, second], clock=clock)
            answer = download_area(BOX, settings)
        assert (len(first.asked), len(second.asked)) == (3, 1)
        assert [wait for wait in clock.waits if wait > 1] == [10.0, 20.0]
        assert answer.record.endpoint == second.interpreter

    def test_a_refusal_is_told_in_its_words_and_not_tried_elsewhere(self, tmp_path, clock, good):
        page = "<html><head><title>x</title></head><body><p>Error: line 1: parse\x1b[2J error</p></body>"
        bad = Reply(page, status=400, kind="text/html")
        with LoopbackServer(bad) as first, LoopbackServer(good) as second:
            settings = settings_for(tmp_path, overpass=[first, second], clock=clock)
            with pytest.raises(
                SourceUnavailableError, match=r"refuses the request \(400\): Error: line 1: parse"
            ) as caught:
                download_area(BOX, settings)
        assert "\x1b" not in str(caught.value)
        assert not second.asked

    def test_a_server_that_is_not_there_is_passed_over(self, tmp_path, clock, good):
        with LoopbackServer(good) as gone:
            pass
        with LoopbackServer(good) as there:
            settings = settings_for(tmp_path, overpass=[gone, there], clock=clock)
            assert download_area(BOX, settings).record.endpoint == there.interpreter


def _misbehaving(town):
    """Replies that look like an answer and are none, and what is said of each."""
    whole = overpass_xml(town)
    remark = 'runtime error: Query timed out in "query" at line 1 after 180 seconds.'
    return {
        "partial, with a remark": (
            Reply(overpass_xml(town, remark=remark)),
            "the answer is partial: runtime error: Query timed out",
        ),
        "fewer objects than were counted": (
            Reply(overpass_xml(town, more_nodes=7)),
            "the answer is partial: 5 of 12 nodes came",
        ),
        "without a count, as what is cut short may be": (
            Reply(re.sub("<count.*</count>", "", whole)),
            "the answer is partial: it does not say how many nodes there are",
        ),
        "with a count that leaves out a kind": (
            Reply(re.sub('<tag k="relations" v="[0-9]+"/>', "", whole)),
            "the answer is partial: it does not say how many relations there are",
        ),
        "cut off by the network": (Reply(whole, promised=500), "the answer was cut off"),
        "cut off by the network, in chunks": (
            Reply(whole, chunked=True, drip=300, promised=1),
            "the answer was cut off",
        ),
        "cut off inside its packing": (
            Reply(packed=gzip.compress(whole.encode())[:-100]),
            "cut off or no XML",
        ),
        "not packed as it says": (Reply(packed=b"plain"), "the answer was cut off"),
        "small until unpacked": (
            Reply(packed=gzip.compress((whole + " " * 50_000_000).encode(), 9)),
            "larger than",
        ),
        "cut off by the server": (Reply(whole[: len(whole) // 2]), "cut off or no XML"),
        "empty": (Reply(""), "cut off or no XML"),
        "a page instead of data": (Reply("<html></html>", kind="text/html"), "sent 'text/html'"),
        "without a type": (Reply(whole, kind=""), "no content type"),
        "JSON that was not asked for": (Reply("{}", kind=JSON), "sent 'application/json'"),
        "a page under a false type": (Reply("<html></html>"), "of another kind (<html>)"),
        "without a timestamp": (Reply(overpass_xml(town, timestamp="")), "as of when"),
        "entities": (
            Reply('<!DOCTYPE osm [<!ENTITY a "aaaa">]><osm>&a;</osm>'),
            "declares a document type",
        ),
        "XML that no reader of OpenStreetMap takes": (
            Reply(whole.replace("<node ", "<a><b><c/></b></a><node ", 1)),
            "cannot be read as OpenStreetMap data (xml file nested too deep)",
        ),
        "a place that is nowhere": (
            Reply(whole.replace('lat="7.05"', 'lat="north"')),
            "cannot be read as OpenStreetMap data",
        ),
        "no status of success": (Reply(whole, status=203), "HTTP status 203"),
        "in no end": (Reply(whole, drip=20, pause_s=0.03), "not done after 0.2 s"),
        "too large": (Reply(whole + " " * 200_000), "larger than"),
    }


CASES = list(_misbehaving(DrawnOsm()))
TOO_LARGE = ("too large", "small until unpacked")
ENDLESS = "in no end"


def deadline_s(case):
    """Short where time is the fault alone: a busy machine needs its time to look at the others."""
    return 0.2 if case == ENDLESS else 30


class TestRefused:
    @pytest.mark.parametrize("case", CASES)
    def test_nothing_of_it_is_kept(self, tmp_path, clock, town, case):
        reply, said = _misbehaving(town)[case]
        with LoopbackServer(reply) as server:
            settings = settings_for(
                tmp_path,
                overpass=[server],
                clock=clock,
                attempts=1,
                deadline_s=deadline_s(case),
                max_bytes=100_000,
            )
            with pytest.raises(SourceUnavailableError) as caught:
                download_area(BOX, settings)
        assert said in str(caught.value)
        assert "127.0.0.1" in str(caught.value)
        assert [path.name for path in (tmp_path / "overpass").iterdir()] == ["turn.lock"]

    @pytest.mark.parametrize("case", [case for case in CASES if case not in TOO_LARGE])
    def test_the_next_server_is_asked(self, tmp_path, clock, town, good, case):
        reply, _ = _misbehaving(town)[case]
        with LoopbackServer(reply) as first, LoopbackServer(good) as second:
            settings = settings_for(
                tmp_path,
                overpass=[first, second],
                clock=clock,
                attempts=1,
                deadline_s=deadline_s(case),
            )
            assert download_area(BOX, settings).record.endpoint == second.interpreter

    def test_a_silent_server_is_left(self, tmp_path, clock, town):
        silent = Reply(overpass_xml(town), drip=10, pause_s=1.0)
        with LoopbackServer(silent) as server:
            settings = settings_for(
                tmp_path, overpass=[server], clock=clock, timeout_s=0.1, connect_timeout_s=0.1
            )
            with pytest.raises(
                SourceUnavailableError, match=r"connection failed|no answer in time"
            ):
                download_area(BOX, settings)

    def test_a_download_that_somebody_stops_leaves_nothing(
        self, tmp_path, clock, good, monkeypatch
    ):
        def stopped(_):
            raise KeyboardInterrupt

        monkeypatch.setattr("creative_spatial.loaders.online.overpass.check_overpass", stopped)
        with LoopbackServer(good) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            with pytest.raises(KeyboardInterrupt):
                download_area(BOX, settings)
        assert [path.name for path in (tmp_path / "overpass").iterdir()] == ["turn.lock"]

    def test_a_remark_in_somebodys_tag_is_no_remark(self, tmp_path, clock, town):
        town.node(9, 100.03, 7.03, tourism="museum", name="</osm><remark>x</remark>")
        with LoopbackServer(Reply(overpass_xml(town))) as server:
            answer = download_area(BOX, settings_for(tmp_path, overpass=[server], clock=clock))
        assert "</osm><remark>x</remark>" in set(read_osm(answer.path).features["name"])


class TestRedirect:
    def test_to_another_server_is_not_followed(self, tmp_path, clock, good):
        with LoopbackServer(good) as other:
            moved = Reply(status=302, headers={"Location": other.url})
            with LoopbackServer(moved) as server:
                settings = settings_for(tmp_path, overpass=[server], clock=clock)
                with pytest.raises(SourceUnavailableError, match="redirects to another server"):
                    download_area(BOX, settings)
        assert not other.asked

    def test_within_the_server_the_same_request_goes_there(self, tmp_path, clock, good):
        moved = Reply(status=308, headers={"Location": "/api/v2"})
        with LoopbackServer(moved, good) as server:
            download_area(BOX, settings_for(tmp_path, overpass=[server], clock=clock))
        assert [(a.method, a.path) for a in server.asked] == [
            ("POST", "/interpreter"),
            ("POST", "/api/v2"),
        ]
        assert server.asked[0].form == server.asked[1].form

    @pytest.mark.parametrize("location", ["http://[", "file:///etc/passwd", "http://a b/"])
    def test_to_nowhere_is_refused(self, tmp_path, clock, location):
        with LoopbackServer(Reply(status=302, headers={"Location": location})) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            with pytest.raises(SourceUnavailableError, match="redirects to"):
                download_area(BOX, settings)

    def test_in_circles_is_given_up(self, tmp_path, clock):
        with LoopbackServer(Reply(status=302, headers={"Location": "/"})) as server:
            settings = settings_for(tmp_path, overpass=[server], clock=clock)
            with pytest.raises(SourceUnavailableError, match="more than 3 redirects"):
                download_area(BOX, settings)
        assert len(server.asked) == 4


def test_a_relation_is_asked_for_with_its_outline(tmp_path, clock, good):
    with LoopbackServer(good) as server:
        download_relation(19238, settings_for(tmp_path, overpass=[server], clock=clock))
    assert "relation(19238)->.here;way(r.here)->.rims;" in server.asked[0].form["data"][0]


HOLD = """
import sys
from pathlib import Path
from creative_spatial.loaders.online.settings import Clock
from creative_spatial.loaders.online.turns import turn
with turn(Path(sys.argv[1]), interval_s=1, clock=Clock()):
    print("mine", flush=True)
    sys.stdin.read()
"""


def test_another_process_that_is_asking_is_waited_for(tmp_path, clock, good):
    (tmp_path / "overpass").mkdir()
    lock = tmp_path / "overpass" / "turn.lock"
    with (
        LoopbackServer(good) as server,
        subprocess.Popen(
            [sys.executable, "-c", HOLD, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other,
    ):
        assert other.stdout.readline() == b"mine\n"
        settings = settings_for(tmp_path, overpass=[server], clock=clock)
        asking = threading.Thread(target=download_area, args=(BOX, settings))
        asking.start()
        asking.join(0.3)
        waited = asking.is_alive() and not server.asked
        other.kill()  # a process that dies gives its turn back
        asking.join(30)
        assert waited
        assert len(server.asked) == 1


@pytest.mark.parametrize("seed", range(25))
def test_whatever_comes_is_an_answer_or_one_of_our_errors(tmp_path, clock, town, seed):
    draw = random.Random(seed)
    body = bytearray(overpass_xml(town).encode())
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(body))
        body[at : at + draw.randint(0, 9)] = draw.choice(
            [b"", b"<", b"</osm>", b"\xff", b"<remark>", b'"', b"&a;", b"\0", b"<osm>", b"<!--"]
        )
    page = bytes(body).decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()
    told = {"Retry-After": draw.choice(["", "-1", "Mon", "9" * 12, "1e9", "\xb2"])}
    replies = [Reply(page, headers=told), Reply(page, status=draw.choice([429, 504, 200]))]
    with LoopbackServer(*replies) as server:
        settings = settings_for(tmp_path, overpass=[server], clock=clock)
        try:
            answer = download_area(BOX, settings)
        except SourceUnavailableError:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with contextlib.suppress(CreativeSpatialError):
                read_osm(answer.path)
