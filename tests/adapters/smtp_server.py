"""A mail server for tests: it speaks real SMTP on a real socket, keeps what it gets, refuses on demand."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Mailbox:
    """What arrived: sender and receiver of the envelope, and the message. `refuse`: addresses that are not taken."""

    port: int = 0
    arrived: list[tuple[str, str, EmailMessage]] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    hang_up_at_data: bool = False
    connections: int = 0


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        box.connections += 1
        self.say("220 test")
        sender = receiver = ""
        while line := self.rfile.readline().decode("ascii").strip():
            verb, _, rest = line.partition(" ")
            address = rest.partition("<")[2].partition(">")[0]
            match verb.upper():
                case "EHLO" | "HELO" | "NOOP" | "RSET":
                    self.say("250 test")
                case "MAIL":
                    sender = address
                    self.say("250 ok")
                case "RCPT":
                    receiver = address
                    self.say("550 nobody" if address in box.refuse else "250 ok")
                case "DATA":
                    if box.hang_up_at_data:
                        return
                    self.say("354 go")
                    box.arrived.append((sender, receiver, self.body()))
                    self.say("250 kept")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("502 no")

    def body(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)  # type: ignore[return-value]

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """Run the server on a free port of this machine as long as the block lasts; encrypted when `tls` is given."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.box = Mailbox(server.server_address[1])  # type: ignore[attr-defined]
        server.daemon_threads = True
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.box  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
