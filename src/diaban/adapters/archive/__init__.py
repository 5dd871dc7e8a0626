"""The encrypted container of a backup: one file of named members, written and read in constant memory.

`container` cuts a stream into sealed chunks; `members` lays named members and a manifest into that stream; `place` puts
a finished file where it belongs, whole or not at all; `sqlite` and `postgres` take databases out and put them back.
"""

from diaban.adapters.archive.container import DEFAULT_COST, ArchiveError, Cost, Damaged, NotAnArchive, WrongPassphrase
from diaban.adapters.archive.members import Digest, Member, Pieces, read_members, verify, write_archive
from diaban.adapters.archive.place import AlreadyThere, appearing_whole, sync_folder

__all__ = [
    "DEFAULT_COST",
    "AlreadyThere",
    "ArchiveError",
    "Cost",
    "Damaged",
    "Digest",
    "Member",
    "NotAnArchive",
    "Pieces",
    "WrongPassphrase",
    "appearing_whole",
    "read_members",
    "sync_folder",
    "verify",
    "write_archive",
]
