"""How colors look to eyes that lack a cone, and in print without color; what tells a legend's lines apart."""

from __future__ import annotations

import itertools

import numpy as np

# Machado, Oliveira and Fernandes (2009), doi 10.1109/TVCG.2009.113: severity 1.0, linear RGB.
DEFICIENCIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
SIGHTS = {"normal": np.eye(3), **DEFICIENCIES, "grey": [[0.2126, 0.7152, 0.0722]] * 3}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = TO_XYZ.sum(axis=1)
APART, WIDER = 15.0, 1.5


def seen_as(color, sight):
    """CIELAB (D65) of a color under a 3 x 3 matrix on linear RGB; CIE 15:2004."""
    srgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(sight) @ linear, 0, 1) / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one, other, sight):
    """CIE 1976 difference of two colors."""
    return float(np.linalg.norm(seen_as(one, sight) - seen_as(other, sight)))


def drawn_as(item):
    """What of a legend's line does not depend on color: numbers name what they stand for."""
    said = {
        "fill": (set(item.hatch), item.sign, bool(item.edge), item.dashes if item.edge else ""),
        "line": item.dashes,
        "marker": (item.marker, item.sign, item.size),
        "number": item.marker,
        "numbered": item.marker,
    }
    return (item.kind, item.hollow, said.get(item.kind))


def alike(one, other, sight):
    """Whether two lines of a legend look the same to a sight."""
    if drawn_as(one) != drawn_as(other):
        return False
    widths = sorted((one.width_mm, other.width_mm))
    if one.kind == "line" and widths[1] >= WIDER * widths[0]:
        return False
    return distance(one.color, other.color, sight) < APART


def mistaken(groups):
    """
    Pairs of a legend's lines that some sight takes for one another.

    Shapes and hues of markers are looked up one by one, each in its own group; areas and lines
    lie beside one another on the map, wherever the legend explains them.
    """
    beside = [item for group in groups for item in group.items if item.kind in {"fill", "line"}]
    own = [[item for item in group.items if item not in beside] for group in groups]
    return sorted(
        {
            (sight, *sorted((one.labels.get("en", ""), other.labels.get("en", ""))))
            for items in (beside, *own)
            for one, other in itertools.combinations(items, 2)
            for sight, matrix in SIGHTS.items()
            if alike(one, other, matrix)
        }
    )
