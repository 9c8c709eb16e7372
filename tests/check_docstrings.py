"""Fail if a public docstring does not follow numpydoc, by the checks named in pyproject.toml."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import tomllib
from pathlib import Path

from numpydoc.validate import validate

import creative_spatial

CHECKS = set(
    tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "numpydoc_validation"
    ]["checks"]
)


def public_names() -> list[str]:
    """Dotted names of the package's public functions, classes and their methods."""
    names = []
    for info in pkgutil.walk_packages(creative_spatial.__path__, "creative_spatial."):
        if any(part.startswith("_") for part in info.name.split(".")):
            continue
        module = importlib.import_module(info.name)
        for name, member in vars(module).items():
            if name.startswith("_") or getattr(member, "__module__", None) != info.name:
                continue
            if inspect.isfunction(member) or inspect.isclass(member):
                names.append(f"{info.name}.{name}")
            if inspect.isclass(member):
                names += [
                    f"{info.name}.{name}.{method}"
                    for method, function in vars(member).items()
                    if not method.startswith("_")
                    and inspect.isroutine(function)
                    and not method.startswith("model_")
                ]
    return names


def main() -> int:
    """Print every fault and say how many names were looked at."""
    faults = []
    names = public_names()
    for name in names:
        faults += [
            f"{name}: {code} {text}" for code, text in validate(name)["errors"] if code in CHECKS
        ]
    print("\n".join(faults) or f"{len(names)} public docstrings follow numpydoc")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
