"""
Fetch the real city that the tests read, once: Monaco, from a source package on PyPI.

    python tests/fetch_real_data.py

It goes to $CREATIVE_SPATIAL_CACHE, or ~/.cache/creative_spatial. Without a network the
tests that need it are skipped, except in CI (CI=true), where this fails.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "quackosm"
VERSION = "0.19.0"
ARCHIVE_SHA256 = "90b9888963baff37c169fc6f4eec8b07a1d68228426b7a9cabbc7a685a2fd173"
MEMBERS = {
    "monaco.osm.pbf": "1fdee8b72c48f932cab3aa9f1f74f87dfd954509a3b47cb932556d827189b97c",
    "monaco_boundary.geojson": "9e567fa3289d3957ef7da8fdbdc1426396173b0078b77da333842fa353afd639",
}


def cache_folder() -> Path:
    """Folder that the files are kept in; it may not exist."""
    given = os.environ.get("CREATIVE_SPATIAL_CACHE")
    return Path(given) if given else Path.home() / ".cache" / "creative_spatial"


def is_whole(path: Path, sha256: str) -> bool:
    """Whether a file is there with the bytes that are expected."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def download(folder: Path) -> Path:
    """Let pip fetch the source package."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-binary", PACKAGE, "--dest", str(folder)]
    subprocess.run([*command, *options, f"{PACKAGE}=={VERSION}"], check=True)
    return folder / f"{PACKAGE}-{VERSION}.tar.gz"


def fetch(folder: Path) -> None:
    """Fetch what is not there yet and put it into the folder."""
    missing = [name for name, sha256 in MEMBERS.items() if not is_whole(folder / name, sha256)]
    if not missing:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        archive = download(Path(scratch))
        if not is_whole(archive, ARCHIVE_SHA256):
            raise RuntimeError(f"{archive.name} is not the file that was registered here")
        with tarfile.open(archive) as package:
            for name in missing:
                member = package.extractfile(f"{PACKAGE}-{VERSION}/tests/test_files/{name}")
                content = member.read() if member else b""
                if hashlib.sha256(content).hexdigest() != MEMBERS[name]:
                    raise RuntimeError(f"{name} in {archive.name} is not as registered here")
                partial = folder / f"{name}.partial-{os.getpid()}"
                partial.write_bytes(content)
                partial.replace(folder / name)


def main() -> int:
    """Fetch, and say what follows where that fails."""
    try:
        fetch(cache_folder())
    except (OSError, subprocess.CalledProcessError, RuntimeError, KeyError) as error:
        required = os.environ.get("CI") == "true"
        follows = "CI needs it" if required else "the tests on it will be skipped"
        print(f"Monaco could not be fetched ({error}); {follows}.", file=sys.stderr)
        return int(required)
    return 0


if __name__ == "__main__":
    sys.exit(main())
