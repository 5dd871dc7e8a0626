"""Files of events as people have them (CSV, XLSX; English or Vietnamese headings) → columns of numbers.

Everything that is wrong with a file is told at once; see docs/methods/event-files.md.
"""

from diaban.adapters.event_files.columns import EventColumns, UnitColumns, Words
from diaban.adapters.event_files.events import read_events
from diaban.adapters.event_files.faults import EventFileError, Fault
from diaban.adapters.event_files.text import EventText, open_table
from diaban.adapters.event_files.units import read_units

__all__ = [
    "EventColumns",
    "EventFileError",
    "EventText",
    "Fault",
    "UnitColumns",
    "Words",
    "open_table",
    "read_events",
    "read_units",
]
