"""Hands short plain messages to a mail server. It is only ever told how to reach it; nothing is read from it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

SECONDS: Final = 15.0


class MailError(Exception):
    """The message was not handed over. The words are for whoever runs the house; no address is in them."""


class ServerAway(MailError):
    """The server could not be reached or did not let us in: nothing was sent, and another try later makes sense."""


@dataclass(frozen=True, slots=True)
class Server:
    """How a mail server is reached. `security`: "starttls", "tls" or "none"; certificates are always checked."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


class Post:
    """An open connection to the server."""

    def __init__(self, smtp: smtplib.SMTP, sender: str) -> None:
        self._smtp = smtp
        self._sender = sender

    def send(self, *, to: str, subject: str, body: str, at: datetime) -> None:
        """Hand one message over. Raises `MailError` when the server refuses it or is gone before it says yes."""
        try:
            message = EmailMessage()
            message["From"] = self._sender
            message["To"] = Address(addr_spec=to)
            message["Subject"] = subject
            message["Date"] = format_datetime(at)
            message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2] or "localhost")
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(body)
            self._smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = ", ".join(str(code) for code, _words in error.recipients.values())
            raise MailError(f"máy chủ thư không nhận địa chỉ ({codes})") from None
        except smtplib.SMTPResponseException as error:
            raise MailError(f"máy chủ thư không nhận thư ({error.smtp_code})") from None
        except (smtplib.SMTPException, OSError, ValueError, IndexError) as error:
            raise MailError(f"không gửi được thư ({type(error).__name__})") from None


@contextmanager
def connected(server: Server) -> Iterator[Post]:
    """Connect, sign in where a user is named, and hang up at the end. Raises `ServerAway`."""
    smtp: smtplib.SMTP | None = None
    try:
        context = ssl.create_default_context()
        if server.security == "tls":
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
            if server.security == "starttls":
                smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
    except (smtplib.SMTPException, OSError) as error:
        if smtp is not None:
            smtp.close()
        raise ServerAway(f"không nối được máy chủ thư ({type(error).__name__})") from None
    try:
        yield Post(smtp, server.sender)
    finally:
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()
