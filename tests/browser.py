"""A real browser, where one is installed, for pages that people will open in one."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--enable-logging=stderr",
)  # fmt: skip


class Browser:
    """Chromium without a window and without a network."""

    def __init__(self, command: str, folder: Path) -> None:
        self.command, self.folder = command, folder

    def _run(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.command, *FLAGS, f"--user-data-dir={self.folder / 'profile'}", *options],
            capture_output=True, text=True, check=True, timeout=120, encoding="utf-8",
        )  # fmt: skip

    def shown(self, page: Path) -> tuple[str, list[str]]:
        """The document as the browser understood it, and what it had to complain of."""
        done = self._run("--dump-dom", page.as_uri())
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    def picture(self, page: Path, *, width: int, height: int = 900) -> Path:
        """What it looks like."""
        target = self.folder / f"{page.stem}-{width}.png"
        self._run(f"--window-size={width},{height}", f"--screenshot={target}", page.as_uri())
        return target


@pytest.fixture
def browser(tmp_path_factory):
    command = next((found for name in NAMES if (found := shutil.which(name))), None)
    if command is None:
        message = "no Chromium is installed, so the page was not opened in a browser"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return Browser(command, tmp_path_factory.mktemp("browser"))
