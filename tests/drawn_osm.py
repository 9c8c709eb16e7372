"""Small OpenStreetMap files drawn by hand: a place of 0.1 degrees at 7 N, 100 E."""

from __future__ import annotations

from html import escape

BOX = (100.0, 7.0, 100.1, 7.1)


class DrawnOsm:
    """Collects nodes, ways and relations and writes them as OSM XML."""

    def __init__(self, bounds=BOX):
        self.bounds = bounds
        self.parts = {"node": [], "way": [], "relation": []}

    def node(self, osm_id, lon, lat, **tags):
        """Add a node."""
        self.parts["node"].append(
            f'<node id="{osm_id}" version="2" timestamp="2024-05-01T10:00:00Z" '
            f'lat="{lat}" lon="{lon}">{_tags(tags)}</node>'
        )
        return osm_id

    def nodes(self, first, positions, *, step=1):
        """Add nodes with ids from `first` on; returns the ids."""
        return [self.node(first + i * step, *xy) for i, xy in enumerate(positions)]

    def way(self, osm_id, refs, tags=None, **more):
        """Add a way; tags with a colon go into the dict."""
        refs = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        self.parts["way"].append(
            f'<way id="{osm_id}" version="3">{refs}{_tags({**(tags or {}), **more})}</way>'
        )
        return osm_id

    def relation(self, osm_id, members, **tags):
        """Add a relation of (type, ref, role)."""
        members = "".join(
            f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members
        )
        self.parts["relation"].append(
            f'<relation id="{osm_id}" version="1">{members}{_tags(tags)}</relation>'
        )
        return osm_id

    def square(self, osm_id, lon, lat, side=0.01, **tags):
        """Add a closed way; its nodes have ids from 10 times its own on."""
        corners = [(0, 0), (side, 0), (side, side), (0, side)]
        step = 1 if osm_id > 0 else -1
        refs = self.nodes(osm_id * 10, [(lon + x, lat + y) for x, y in corners], step=step)
        return self.way(osm_id, [*refs, refs[0]], tags)

    def xml(self):
        """Return the file's text."""
        bounds = ""
        if self.bounds is not None:
            west, south, east, north = self.bounds
            bounds = f'<bounds minlat="{south}" minlon="{west}" maxlat="{north}" maxlon="{east}"/>'
        body = "\n".join("\n".join(objects) for objects in self.parts.values())
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">{bounds}\n{body}\n</osm>\n'
        )

    def write(self, path):
        """Write the file and return its path."""
        path.write_text(self.xml(), encoding="utf-8")
        return path


def _tags(tags):
    """Tag elements."""
    return "".join(
        f'<tag k="{escape(key)}" v="{escape(str(value))}"/>' for key, value in tags.items()
    )
