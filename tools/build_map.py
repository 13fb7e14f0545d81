"""Build the outlines of the report's world map from the npm package world-atlas 2.0.2.

Usage: ``npm pack world-atlas@2.0.2``, unpack it, then
``python tools/build_map.py package/countries-110m.json``.

The package (ISC licence) holds Natural Earth's 1:110m countries (public domain), which draw de-facto
borders. The output keeps the outer rings, in degrees to one decimal, by ISO 3166 alpha-3 code. Areas
without an ISO number come under the empty code, so that they are land and not holes; Antarctica is
left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pycountry

OUTPUT = Path(__file__).parent.parent / "src" / "zollverein" / "data" / "world_map.json"
LEFT_OUT = ("ATA",)

Point = tuple[float, float]


def decode_arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """Undo TopoJSON's quantisation: arcs as lists of longitude and latitude."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    return arcs


def ring(indices: list[int], arcs: list[list[Point]]) -> list[Point]:
    """One closed ring; a negative index is an arc walked backwards."""
    points: list[Point] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points.extend(arc[1:] if points else arc)
    return points


def pieces(points: list[Point]) -> list[list[Point]]:
    """A ring cut at the antimeridian: unwrapped, then clipped to longitudes from -180 to 180."""
    unwrapped = [points[0]]
    for x, y in points[1:]:
        turn = round((unwrapped[-1][0] - x) / 360) * 360
        unwrapped.append((x + turn, y))
    found = []
    for shift in (-360, 0, 360):
        piece = [(x + shift, y) for x, y in unwrapped]
        for edge, sign in ((-180, 1), (180, -1)):
            piece = clip(piece, edge, sign)
        if len(set(piece)) > 2:
            found.append([(round(x, 1), round(y, 1)) for x, y in piece])
    return found


def clip(points: list[Point], edge: float, sign: int) -> list[Point]:
    """The part of a polygon on one side of a meridian (Sutherland and Hodgman 1974)."""
    kept: list[Point] = []
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], *points[:1]], strict=True):
        inside0, inside1 = sign * (x0 - edge) >= 0, sign * (x1 - edge) >= 0
        if inside0:
            kept.append((x0, y0))
        if inside0 != inside1:
            part = (edge - x0) / (x1 - x0)
            kept.append((edge, y0 + part * (y1 - y0)))
    return kept


def main(source: Path) -> None:
    """Write the outlines."""
    topology = json.loads(source.read_text(encoding="utf-8"))
    arcs = decode_arcs(topology)
    outlines: dict[str, list[list[Point]]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        country = pycountry.countries.get(numeric=str(shape.get("id", "")).zfill(3))
        code = "" if country is None else country.alpha_3
        if code in LEFT_OUT:
            continue
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        rings = [ring(polygon[0], arcs) for polygon in polygons]
        found = [piece for points in rings for piece in pieces(points)]
        outlines.setdefault(code, []).extend(found)
    OUTPUT.write_text(json.dumps(outlines, separators=(",", ":")), encoding="utf-8")
    print(f"{OUTPUT.name}: {len(outlines)} countries, {OUTPUT.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
