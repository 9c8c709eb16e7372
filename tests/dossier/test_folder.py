"""Results are replaced whole, or stay as they were."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from creative_spatial.dossier import check_writable, is_results, save
from creative_spatial.dossier.folder import replacing, writing
from creative_spatial.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creative_spatial.result import Result

HERE = Path(__file__).parent
NOBODY = 65534


def content(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def siblings(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.parent.iterdir() if p != folder)


def run_apart(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, with `save` of the fixture's result at hand."""
    head = (
        "import sys, os, signal, pathlib\n"
        f"sys.path.insert(0, {str(HERE)!r})\n"
        "import conftest, creative_spatial.dossier.sheets as sheets\n"
        "from creative_spatial.dossier import save, check_writable\n"
        "fake = conftest.make_plotters()\n"
        "sheets._plotters = lambda: fake\n"
        "result = conftest.make_result()\n"
        "target = pathlib.Path(sys.argv[1])\n"
    )
    return subprocess.run(
        [sys.executable, "-c", head + code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_a_new_folder_is_made_with_its_parent(tmp_path: Path, result: Result) -> None:
    target = save(result, tmp_path / "results" / "town", maps=())
    assert target == tmp_path / "results" / "town"
    assert is_results(target)
    assert siblings(target) == []


def test_a_parent_without_parent_is_refused_because_it_may_be_a_disk_not_mounted(
    tmp_path: Path,
) -> None:
    with pytest.raises(OutputError, match=r"no folder .*usb.* make it first"):
        check_writable(tmp_path / "usb" / "results" / "town")
    assert list(tmp_path.iterdir()) == []


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "results" / "town")
    check_writable(tmp_path / "town")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["new\nline", "tab\there", "bell\x07"])
def test_a_control_character_in_the_name_is_refused_before_the_work(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(OutputError, match="holds a line break or another control character"):
        check_writable(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_names_in_thai_and_with_persian_joiners_are_welcome(tmp_path: Path, result: Result) -> None:
    for name in ("ผลลัพธ์ น้ำ", "نتیجه\u200cها"):
        assert is_results(save(result, tmp_path / name, maps=()))


def test_an_empty_folder_is_used(tmp_path: Path, result: Result) -> None:
    (tmp_path / "town").mkdir()
    assert is_results(save(result, tmp_path / "town", maps=()))


def test_results_of_an_earlier_run_are_replaced(tmp_path: Path, result: Result) -> None:
    target = save(result, tmp_path / "town", maps=["overview"])
    save(result, target, maps=["pillar-2-culture"], formats=["png"])
    assert {p.stem for p in (target / "maps").iterdir()} == {"pillar-2-culture"}
    assert siblings(target) == []


@pytest.mark.parametrize(
    "run", [None, "{}", "not json", '{"software": {"name": "other"}}', '["software"]']
)
def test_a_strangers_folder_is_not_touched(tmp_path: Path, result: Result, run: str | None) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    if run is not None:
        (tmp_path / "run.json").write_text(run)
    before = content(tmp_path)
    with pytest.raises(OutputError, match="not empty and holds no results of creative_spatial"):
        save(result, tmp_path, maps=())
    assert content(tmp_path) == before


def test_files_put_there_while_the_run_went_on_are_not_touched(
    tmp_path: Path, result: Result
) -> None:
    def meanwhile(name: str) -> None:
        if name == "run.json":
            (tmp_path / "town").mkdir()
            (tmp_path / "town" / "thesis.docx").write_text("years of work")

    with pytest.raises(OutputError, match="not empty"):
        save(result, tmp_path / "town", maps=(), progress=meanwhile)
    assert content(tmp_path) == {"town/thesis.docx": b"years of work"}


def test_a_file_in_the_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "town").write_text("a file")
    with pytest.raises(OutputError, match="is a file; name a folder"):
        check_writable(tmp_path / "town")
    with pytest.raises(OutputError, match="is a file, so there is no folder"):
        check_writable(tmp_path / "town" / "results")


def test_a_link_is_followed_and_stays(tmp_path: Path, result: Result) -> None:
    (tmp_path / "disk").mkdir()
    link = tmp_path / "results"
    link.symlink_to(tmp_path / "disk" / "town")
    for _ in range(2):
        save(result, link, maps=())
        assert link.is_symlink()
        assert is_results(tmp_path / "disk" / "town")
    assert siblings(tmp_path / "disk" / "town") == []


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(OutputError, match="link"):
        check_writable(tmp_path / "a")


def test_the_current_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="current folder"):
        check_writable(".")


def test_a_disk_is_refused() -> None:
    with pytest.raises(OutputError, match="is a disk"):
        check_writable("/")


def test_a_name_beyond_the_systems_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="name is too long"):
        check_writable(tmp_path / ("ส" * 84))


STEPS = [
    "indicators.json",
    "tables/field_profile.parquet",
    "city.gpkg",
    "maps/overview",
    "run.json",
    "log.txt",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interruption_leaves_the_old_results(
    tmp_path: Path, result: Result, step: str, fault: type[BaseException]
) -> None:
    target = save(result, tmp_path / "town", maps=())
    before = content(target)

    def interrupt(name: str) -> None:
        if name == step:
            raise fault

    with pytest.raises(fault):
        save(result, target, progress=interrupt)
    assert content(target) == before
    assert siblings(target) == []


def test_an_interruption_of_the_first_run_leaves_nothing(tmp_path: Path, result: Result) -> None:
    def interrupt(name: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(result, tmp_path / "results" / "town", progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_swap_puts_the_old_results_back(
    tmp_path: Path, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = save(result, tmp_path / "town", maps=())
    before = content(target)
    rename = Path.rename

    def refuse_the_new(self: Path, place: Path) -> Path:
        if self.name == "new":
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return rename(self, place)

    monkeypatch.setattr(Path, "rename", refuse_the_new)
    with pytest.raises(OutputError, match="busy"):
        save(result, target, maps=())
    assert content(target) == before
    assert siblings(target) == []


def test_a_kill_while_writing_leaves_the_old_results_and_the_next_run_cleans_up(
    tmp_path: Path, result: Result
) -> None:
    target = save(result, tmp_path / "town", maps=())
    before = content(target)
    code = "save(result, target, progress=lambda n: n.startswith('maps') and os.kill(os.getpid(), signal.SIGKILL))"
    killed = run_apart(code, target)
    assert killed.returncode == -9, killed.stderr
    assert content(target) == before
    left = siblings(target)
    assert len(left) == 1
    assert left[0].startswith("town.partial-")
    save(result, target, maps=())
    assert siblings(target) == []


KILL_IN_THE_SWAP = """
rename = pathlib.Path.rename
def die_before_the_new(self, place):
    if self.name == "new":
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, place)
pathlib.Path.rename = die_before_the_new
save(result, target, maps=())
"""


def test_a_kill_in_the_very_swap_loses_nothing(tmp_path: Path, result: Result) -> None:
    target = save(result, tmp_path / "town", maps=())
    (target / "notes.txt").write_text("ours")
    before = content(target)
    killed = run_apart(KILL_IN_THE_SWAP, target)
    assert killed.returncode == -9, killed.stderr
    assert not target.exists()

    def interrupt(name: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(result, target, progress=interrupt)
    assert content(target) == before
    assert siblings(target) == []


def test_a_live_runs_folder_is_left_alone_and_the_later_run_wins(tmp_path: Path) -> None:
    target = tmp_path / "town"
    with replacing(target) as first:
        (first / "run.json").write_text("{}")
        with replacing(target) as second:
            (second / "run.json").write_text('{"software": {"name": "creative_spatial"}}')
        assert (first / "run.json").read_text() == "{}"
    assert (target / "run.json").read_text() == "{}"
    assert siblings(target) == []


def test_folders_that_only_look_like_leftovers_stay(tmp_path: Path, result: Result) -> None:
    alike = tmp_path / "town.partial-12"
    alike.mkdir()
    (alike / "thesis.docx").write_text("years of work")
    (tmp_path / "town.partial-old").mkdir()
    save(result, tmp_path / "town", maps=())
    assert (alike / "thesis.docx").exists()
    assert (tmp_path / "town.partial-old").exists()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full: free some space"),
        (errno.EFBIG, "limit on the size of files"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "No permission"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_refusals_name_file_cause_and_remedy(number: int, words: str) -> None:
    with (
        pytest.raises(OutputError, match=f"layers/zones.parquet cannot be written. .*{words}"),
        writing("layers/zones.parquet"),
    ):
        raise OSError(number, os.strerror(number))


def test_a_refusal_reported_in_words_only_is_understood() -> None:
    with pytest.raises(OutputError, match="disk is full"), writing("units.parquet"):
        raise OSError("Error writing bytes to file. Detail: [errno 28] No space left on device")


FILE_LIMIT = """
import resource
from creative_spatial.errors import OutputError
whole = max(p.stat().st_size for p in pathlib.Path(sys.argv[2]).rglob("*"))
limits = [0, 1, 100, 512, 4095, 4096, 20_000] + list(range(8192, whole, 8192))
for limit in limits:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, -1))
    try:
        save(result, target)
    except OutputError as error:
        message = str(error)
    else:
        message = "NO ERROR"
    resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
    left = sorted(p.name for p in target.parent.iterdir())
    print(limit, left == ["reference"], "ulimit -f" in message, message)
"""


def test_a_file_size_limit_of_any_size_is_an_error_that_says_so(
    tmp_path: Path, result: Result
) -> None:
    reference = save(result, tmp_path / "reference")
    ran = run_apart(FILE_LIMIT, tmp_path / "town", reference)
    assert ran.returncode == 0, ran.stderr
    lines = [line.split(" ", 3) for line in ran.stdout.splitlines()]
    assert len(lines) > 10
    assert [line for line in lines if line[1:3] != ["True", "True"]] == []


WITHOUT_RIGHTS = """
from creative_spatial.errors import OutputError
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
for act in (lambda: check_writable(target), lambda: save(result, target)):
    try:
        act()
    except OutputError as error:
        print(error)
"""


def test_no_permission_is_found_before_the_work(open_folder: Path) -> None:
    (open_folder / "locked").mkdir(mode=0o555)
    ran = run_apart(WITHOUT_RIGHTS, open_folder / "locked" / "town")
    assert ran.stdout.count("No permission to write there") == 2, ran.stdout + ran.stderr
    assert list((open_folder / "locked").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make somebody else's folder")
def test_somebody_elses_results_in_a_shared_folder_are_refused(
    open_folder: Path, result: Result
) -> None:
    shared = open_folder / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    target = save(result, shared / "town", maps=())
    target.chmod(0o777)
    before = content(target)
    ran = run_apart(WITHOUT_RIGHTS, target)
    assert ran.stdout.count("No permission") == 2, ran.stdout + ran.stderr
    assert content(target) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make somebody else's folder")
def test_results_that_may_not_be_changed_are_refused(open_folder: Path, result: Result) -> None:
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    target = save(result, home / "town", maps=())
    ran = run_apart(WITHOUT_RIGHTS, target)
    assert ran.stdout.count("No permission") == 2, ran.stdout + ran.stderr
    assert stat.S_IMODE(target.stat().st_mode) & 0o700 == 0o700
