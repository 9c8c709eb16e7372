"""Servers on this machine that replay Overpass and Nominatim, and misbehave as they do."""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from creative_spatial.loaders.online.settings import Clock, OnlineSettings

XML = "application/osm3s+xml"
JSON = "application/json"
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def overpass_xml(drawn, *, timestamp="2026-02-28T23:00:00Z", remark="", more_nodes=0):
    """What Overpass makes of a drawn place: its note, its timestamp, its count of objects."""
    counts = {kind: len(drawn.parts[kind]) for kind in ("node", "way", "relation")}
    counts["node"] += more_nodes
    tags = "".join(f'<tag k="{kind}s" v="{count}"/>' for kind, count in counts.items())
    total = f'<tag k="total" v="{sum(counts.values())}"/>'
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="Overpass API">\n'
        f"<note>From www.openstreetmap.org, ODbL.</note>\n"
        f'<meta osm_base="{timestamp}"/>\n<count id="0">{tags}{total}</count>\n'
    )
    body = "\n".join("\n".join(objects) for objects in drawn.parts.values())
    tail = f"<remark> {remark} </remark>\n" if remark else ""
    return f"{head}{body}\n{tail}</osm>\n"


@dataclass
class Reply:
    """
    One answer; `promised` bytes more than are sent, or a pause after each `drip` bytes.

    `packed` goes out instead of the body, as gzip; `chunked` sends no length, and no last
    chunk where more was `promised`.
    """

    body: str = ""
    status: int = 200
    kind: str = XML
    headers: dict[str, str] = field(default_factory=dict)
    promised: int = 0
    packed: bytes | None = None
    chunked: bool = False
    drip: int = 0
    pause_s: float = 0.0


@dataclass
class Asked:
    """A request as it came in."""

    method: str
    path: str
    params: dict[str, list[str]]
    form: dict[str, list[str]]
    headers: dict[str, str]
    began: float
    ended: float = 0.0


class LoopbackServer:
    """Gives one reply after another, the last one for ever, and keeps what it was asked."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.handle(self)

            def do_POST(self):
                outer.handle(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self):
        """The server's address, with a slash."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def interpreter(self):
        """The same server's address as one of Overpass, which osmnx builds in this way."""
        return f"{self.url}interpreter"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def handle(self, handler):
        """Write the next reply."""
        parts = urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        form = parse_qs(handler.rfile.read(length).decode())
        asked = Asked(handler.command, parts.path, parse_qs(parts.query), form,
                      dict(handler.headers), time.monotonic())  # fmt: skip
        self.asked.append(asked)
        reply = self.replies[min(len(self.asked), len(self.replies)) - 1]
        body = reply.body.encode() if reply.packed is None else reply.packed
        handler.close_connection = True
        handler.send_response(reply.status)
        handler.send_header("Connection", "close")
        if reply.packed is not None:
            handler.send_header("Content-Encoding", "gzip")
        if reply.kind:
            handler.send_header("Content-Type", reply.kind)
        if reply.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        else:
            handler.send_header("Content-Length", str(len(body) + reply.promised))
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        step = reply.drip or max(len(body), 1)
        try:
            for start in range(0, len(body), step):
                part = body[start : start + step]
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if reply.chunked else part)
                handler.wfile.flush()
                time.sleep(reply.pause_s)
            if reply.chunked and not reply.promised:
                handler.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass  # the other side has had enough
        asked.ended = time.monotonic()


class StoppedClock:
    """Time that passes only while somebody waits."""

    def __init__(self, start=START):
        self.time = start
        self.waits = []
        self.clock = Clock(now=lambda: self.time, sleep=self.sleep, monotonic=time.monotonic)

    def sleep(self, seconds):
        """Let time pass at once."""
        self.waits.append(seconds)
        self.time += dt.timedelta(seconds=seconds)

    def pass_days(self, days):
        """Let days pass."""
        self.time += dt.timedelta(days=days)


def settings_for(folder, *, overpass=(), nominatim=(), clock, offline=False, **manners):
    """The package's settings with servers of this machine; `manners` change both services."""
    base = OnlineSettings.load()
    update = {}
    asked = {
        "overpass": [server.interpreter for server in overpass],
        "nominatim": [server.url for server in nominatim],
    }
    for name, urls in asked.items():
        service = getattr(base.facts, name)
        first = service.endpoints[0]
        endpoints = tuple(first.model_copy(update={"url": url}) for url in urls)
        update[name] = service.model_copy(update={"endpoints": endpoints, **manners})
    return OnlineSettings(
        facts=base.facts.model_copy(update=update),
        folder=folder,
        user_agent="creative-spatial/test",
        offline=offline,
        clock=clock.clock,
    )
