"""Messages are handed to a real server over a real socket; failures become one sentence without an address."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.smtp_server import Mailbox, mail_server
from diaban.adapters.mail import MailError, Server, ServerAway, connected

AT = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


def server(box: Mailbox) -> Server:
    return Server("127.0.0.1", box.port, "none", "diaban@tinh.example")


def test_a_message_arrives_as_it_was_given() -> None:
    with mail_server() as box:
        with connected(server(box)) as post:
            for to in ("a@tinh.example", "b@tinh.example"):
                post.send(to=to, subject="Diaban: có nhắc việc mới", body="Đồng chí có 3 nhắc việc mới.\n", at=AT)
        assert box.connections == 1
    assert [(sender, to) for sender, to, _message in box.arrived] == [
        ("diaban@tinh.example", "a@tinh.example"),
        ("diaban@tinh.example", "b@tinh.example"),
    ]
    message = box.arrived[0][2]
    assert message["Subject"] == "Diaban: có nhắc việc mới"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "Đồng chí có 3 nhắc việc mới."


def test_an_address_that_the_server_refuses_does_not_stop_the_next() -> None:
    with mail_server() as box:
        box.refuse = {"a@tinh.example"}
        with connected(server(box)) as post:
            with pytest.raises(MailError, match="550") as refused:
                post.send(to="a@tinh.example", subject="x", body="x", at=AT)
            assert "tinh.example" not in str(refused.value)
            post.send(to="b@tinh.example", subject="x", body="x", at=AT)
    assert [to for _sender, to, _message in box.arrived] == ["b@tinh.example"]


def test_a_server_that_hangs_up_is_told() -> None:
    with mail_server() as box:
        box.hang_up_at_data = True
        with connected(server(box)) as post, pytest.raises(MailError):
            post.send(to="a@tinh.example", subject="x", body="x", at=AT)


@pytest.mark.parametrize("to", ["a@tinh.example\r\nBcc: c@x", "khong-phai-dia-chi@", ""])
def test_an_address_that_would_be_more_than_an_address_is_refused(to: str) -> None:
    with mail_server() as box, connected(server(box)) as post, pytest.raises(MailError):
        post.send(to=to, subject="x", body="x", at=AT)
    assert box.arrived == []


def test_a_server_that_is_away_is_told_as_such() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = Server("127.0.0.1", closed.getsockname()[1], "none", "diaban@tinh.example")
        with pytest.raises(ServerAway), connected(away):
            pass


def test_a_server_without_encryption_is_refused_where_encryption_was_asked_for() -> None:
    with mail_server() as box:
        asked = Server("127.0.0.1", box.port, "starttls", "diaban@tinh.example")
        with pytest.raises(ServerAway), connected(asked):
            pass


def test_a_server_that_cannot_prove_its_name_is_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(AT).not_valid_after(AT + dt.timedelta(days=3650))
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "server.pem"
    path.write_bytes(certificate + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with mail_server(context) as box:
        strange = Server("localhost", box.port, "tls", "diaban@tinh.example")
        with pytest.raises(ServerAway, match="SSLCertVerificationError"), connected(strange):
            pass
    assert box.connections == 0


def test_a_password_is_not_in_what_a_log_would_show() -> None:
    assert "bi-mat" not in repr(Server("h", 25, "tls", "s@h", "u", "bi-mat"))
