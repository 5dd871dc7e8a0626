"""Changes of units from a CSV file: later resolutions, official tables, populations.

One row is one event; docs/reference/units-csv.md describes the columns. Nothing here touches the tables: the file is
read (`read_changes`), then replayed over a register (`replay`), and every problem of every row is returned at once.
"""

from __future__ import annotations

from diaban.apps.places.changes.read import COLUMNS, Event, Row, RowProblem, read_changes
from diaban.apps.places.changes.replay import Outcome, replay

__all__ = ["COLUMNS", "Event", "Outcome", "Row", "RowProblem", "read_changes", "replay"]
