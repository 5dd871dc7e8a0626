"""Files from outside: what they are by content, whether they are safe to open, photos without traces."""

from diaban.adapters.uploads.kinds import Kind, check, shown_name, traces_left
from diaban.adapters.uploads.photos import Photo, clean_photo
from diaban.adapters.uploads.spreadsheet import check_ways_out
from diaban.adapters.workbooks.problems import Refusal

__all__ = ["Kind", "Photo", "Refusal", "check", "check_ways_out", "clean_photo", "shown_name", "traces_left"]
