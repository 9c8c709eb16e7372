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
from creative_spatial.resources import Facts

CHECKS = set(
    tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "numpydoc_validation"
    ]["checks"]
)


def public_names() -> dict[str, object]:
    """The package's public functions, classes and methods by dotted name."""
    names: dict[str, object] = {}
    for info in pkgutil.walk_packages(creative_spatial.__path__, "creative_spatial."):
        if any(part.startswith("_") for part in info.name.split(".")):
            continue
        module = importlib.import_module(info.name)
        for name, member in vars(module).items():
            if name.startswith("_") or getattr(member, "__module__", None) != info.name:
                continue
            if inspect.isfunction(member) or inspect.isclass(member):
                names[f"{info.name}.{name}"] = member
            if inspect.isclass(member):
                names |= {
                    f"{info.name}.{name}.{m}": getattr(member, m) for m in own_methods(member)
                }
    return names


def own_methods(member: type) -> list[str]:
    """Names of the public methods written in a class, not those that a base generates."""
    return [
        name
        for name, function in vars(member).items()
        if not name.startswith("_")
        and inspect.isfunction(written := inspect.unwrap(getattr(function, "__func__", function)))
        and written.__code__.co_filename == inspect.getsourcefile(member)
    ]


def exported_classes() -> set[object]:
    """The classes that a package's `__all__` offers to its users."""
    packages = [
        info.name
        for info in pkgutil.walk_packages(creative_spatial.__path__, "creative_spatial.")
        if info.ispkg
    ]
    modules = [importlib.import_module(name) for name in ("creative_spatial", *packages)]
    return {
        getattr(module, name)
        for module in modules
        for name in getattr(module, "__all__", ())
        if inspect.isclass(getattr(module, name))
    }


def explained_elsewhere(member: object, exported: set[object]) -> bool:
    """Whether a class is a row of a TOML table, explained there, or a module's own record."""
    return inspect.isclass(member) and (issubclass(member, Facts) or member not in exported)


def main() -> int:
    """Print every fault and say how many names were looked at."""
    faults = []
    names = public_names()
    exported = exported_classes()
    for name, member in names.items():
        waived = {"PR01", "PR07"} if explained_elsewhere(member, exported) else set()
        faults += [
            f"{name}: {code} {text}"
            for code, text in validate(name)["errors"]
            if code in CHECKS - waived
        ]
    print("\n".join(faults) or f"{len(names)} public docstrings follow numpydoc")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
