"""
Set up and run: `python3 run.py sample` assesses the sample city, `python3 run.py tests` tests.

Needs Python >= 3.11 and pip, nothing else: everything goes into `.venv` beside this
file, so it also works where the system's Python refuses global installs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
SAMPLE = Path("data/sample/songkhla/city.toml")
RESULTS = Path("results/songkhla")


def run(*command: str | Path, **variables: str) -> None:
    """Run a command in the project's folder; stop with its exit code if it fails."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **variables}, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)


def prepare(*, development: bool) -> None:
    """Make the environment if it is not there, and install the package into it."""
    if not PYTHON.exists():
        print("Setting up .venv (once)…", flush=True)
        try:
            venv.create(ENVIRONMENT, with_pip=True, clear=True)
        except subprocess.CalledProcessError:
            # Debian keeps ensurepip in a package of its own; the system's pip can serve instead.
            venv.create(ENVIRONMENT, with_pip=False, clear=True)
            run(sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "pip")
    quiet = ("--quiet", "--disable-pip-version-check")
    run(PYTHON, "-m", "pip", "install", *quiet, "--upgrade", "pip>=25.1")
    group = ("--group", "dev") if development else ()
    run(PYTHON, "-m", "pip", "install", *quiet, "--editable", ".", *group)


def sample() -> None:
    """Assess the sample city and say where the results are."""
    prepare(development=False)
    run(BIN / "creative-spatial", "assess", SAMPLE, "--out", RESULTS)
    print(
        f"Open {RESULTS / 'maps'} and {RESULTS / 'indicators.csv'}; in QGIS, {RESULTS / 'city.gpkg'}."
    )


def tests() -> None:
    """Install what the tests need, fetch the real cities once, and run every test."""
    prepare(development=True)
    run(PYTHON, "tests/fetch_real_data.py")
    run(PYTHON, "-m", "pytest", *sys.argv[2:], MPLBACKEND="agg")


def main() -> None:
    """Run the job that was named."""
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    jobs = {"sample": sample, "tests": tests}
    if len(sys.argv) < 2 or sys.argv[1] not in jobs:
        sys.exit("usage: python3 run.py sample | tests [pytest options]")
    jobs[sys.argv[1]]()


if __name__ == "__main__":
    main()
