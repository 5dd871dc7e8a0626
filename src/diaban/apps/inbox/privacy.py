"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# Who was told what is data of an officer in office; what a notice says is work: its words name no person.
FIELDS = {
    "inbox.Notice": classed(internal="id kind level topic msgid params url count created_at", officer="user read_at"),
    "inbox.Sent": classed(internal="id key on notice", officer="user"),
    "inbox.Unreached": classed(internal="id key source unit msgid params url level since"),
    "inbox.MailWish": classed(internal="id tried_on counted_until failed_at failure", officer="user address wanted_at"),
    "inbox.MailServerState": classed(internal="id worked_at failed_at failure"),
}
