"""Scan statistics: where, and since when, there are more cases than chance puts there. See docs/methods/scan.md."""
