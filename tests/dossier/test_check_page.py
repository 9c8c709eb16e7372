"""The report of a check as a page: safe, self-contained, and right in a real browser."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from browser import browser  # noqa: F401  (a fixture)
from PIL import Image

from creative_spatial.dossier.checks import check_page, write_check_page
from creative_spatial.errors import OutputError
from creative_spatial.findings import CheckReport, RowCounts, finding

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 * 7 }}\x1b[31m\u202eabc"
REPORT = CheckReport(
    "Town <b>& co</b>",
    (
        finding("error", "assets.csv", "no id; write `columns = { id = … }`.", kind="schema",
                rows=range(2, 5000), layer="สถานที่"),
        finding("warning", "assets.csv", "2 left out", kind="quality", rows=[3, 7]),
        finding("note", "town.osm.pbf", "not read", kind="unchecked"),
    ),
    (RowCounts("assets.csv", "", "culture", 12345, 12340, quarantined=5),),
)  # fmt: skip


class Document(HTMLParser):
    """Elements, attributes and texts of a page, for looking things up in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self._open and data.strip():
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(self.texts)


def test_text_from_data_is_shown_as_it_is_and_does_nothing():
    report = CheckReport(
        HOSTILE,
        (finding("error", f"{HOSTILE}.csv", HOSTILE, kind="schema", layer=HOSTILE, rows=[HOSTILE]),),
        (RowCounts(HOSTILE, HOSTILE, HOSTILE, 1, 1),),
    )  # fmt: skip
    page = check_page(report)
    document = Document(page)
    assert not {"script", "img"} & {tag for tag, _ in document.elements}
    assert not [a for _, attrs in document.elements for a in attrs if a.startswith("on")]
    assert "<script>alert(1)</script>" in document.text
    assert "49" not in document.text
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_the_policy_forbids_everything_but_the_one_style():
    page = check_page(REPORT)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    (style,) = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "style=" not in page.replace(style, "")


def test_nothing_is_asked_of_the_network():
    page = check_page(REPORT)
    assert "//" not in page.replace("<!doctype", "")
    links = [attrs.get("href") or attrs.get("src") for _, attrs in Document(page).elements]
    assert {link for link in links if link} == {"#error", "#warning", "#note"}


def test_the_page_says_severity_in_words_and_names_its_language():
    document = Document(check_page(REPORT))
    assert ("html", {"lang": "en"}) in document.elements
    words = [text for text in document.texts if text in {"Error:", "Warning:", "Note:"}]
    assert words == ["Error:", "Warning:", "Note:"]
    assert "1 error, 1 warning, 1 note" in document.text
    assert "assess would not run." in document.text


def test_long_lists_of_rows_are_short_and_complete():
    assert "2–4999" in Document(check_page(REPORT)).texts


def test_what_stands_between_backticks_is_code():
    document = Document(check_page(REPORT))
    assert "columns = { id = … }" in document.texts
    odd = CheckReport("", (finding("note", "a", "one ` alone", kind="quality"),))
    assert "one ` alone" in Document(check_page(odd)).texts


def test_the_same_report_gives_the_same_page():
    assert check_page(REPORT) == check_page(REPORT)


def test_a_report_without_findings_says_so():
    assert "Nothing is wrong with the inputs." in check_page(CheckReport("Town"))


def test_an_earlier_page_is_replaced_and_anything_else_is_not(tmp_path):
    page = write_check_page(REPORT, tmp_path / "check.html")
    write_check_page(CheckReport("Other"), page)
    assert "Check of Other" in page.read_text(encoding="utf-8")
    thesis = tmp_path / "thesis.html"
    thesis.write_text("<p>years of work</p>")
    with pytest.raises(OutputError, match=r"is no page of a check; choose another name"):
        write_check_page(REPORT, thesis)
    assert thesis.read_text() == "<p>years of work</p>"
    assert {path.name for path in tmp_path.iterdir()} == {"check.html", "thesis.html"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("city.toml", "ends in .html"),
        ("nowhere/check.html", "is no folder; make it first"),
        ("folder.html", "is a folder; name a file in it"),
    ],
)
def test_a_place_where_no_page_can_be_is_refused(tmp_path, name, message):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(OutputError, match=re.escape(message)):
        write_check_page(REPORT, tmp_path / name)


def test_a_failure_leaves_the_earlier_page(tmp_path, monkeypatch):
    page = write_check_page(REPORT, tmp_path / "check.html")
    before = page.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="disk is full"):
        write_check_page(CheckReport("Other"), page)
    assert page.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["check.html"]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_applies_the_style_runs_nothing_and_has_no_complaint(tmp_path, browser, width):  # noqa: F811
    hostile = finding("error", HOSTILE, HOSTILE * 20, kind="schema", rows=range(1, 900, 2))
    report = CheckReport(HOSTILE, (*REPORT.findings, hostile), REPORT.counts)
    page = write_check_page(report, tmp_path / "check.html")
    document, complaints = browser.shown(page)
    assert complaints == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in document
    pixels = np.asarray(Image.open(browser.picture(page, width=width)).convert("RGB"))
    assert pixels.shape[1] == width
    red = (pixels == (0xA8, 0x20, 0x0D)).all(axis=2)
    assert red.sum() > 500  # the errors' mark and colour: without the style there is none
    # The frame of the verdict closes before the right edge: nothing is wider than the window.
    columns = np.flatnonzero(red[:400].any(axis=0))
    assert columns.min() > 0
    assert columns.max() < width - 8
