"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

FIELDS = {
    "places.Unit": classed(public="id uid"),
    "places.Spell": classed(
        public="id unit name name_folded code kind level parent valid_from valid_to instrument lon lat"
    ),
    "places.Lineage": classed(public="id source target on share_num share_den basis instrument"),
    "places.Population": classed(public="id unit as_of value source_kind source"),
    "places.Area": classed(public="id unit as_of km2 source"),
    "places.Boundary": classed(
        public="id unit valid_from valid_to geometry display min_lon min_lat max_lon max_lat quality source"
    ),
    "places.WorkArea": classed(internal="id name is_current roots"),
    "places.RegisterStamp": classed(internal="id token"),
}
