"""People at the door: an officer with a password, and helpers that act as a browser does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from diaban.apps.accounts.models import User

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=HERE)
NAME, PASSWORD = "nvan", "mot-cau-kha-dai"
DOOR = "/tai-khoan/dang-nhap/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"


def officer(name: str = NAME, password: str | None = PASSWORD, **more: object) -> User:
    return User.objects.create_user(username=name, password=password, full_name="Nguyễn Văn An", **more)  # type: ignore[arg-type]


def knock(client: Client, name: str = NAME, password: str = PASSWORD, network: str = "10.0.0.1", **more: str) -> object:
    """Send the form of the sign-in page."""
    return client.post(DOOR, {"username": name, "password": password, **more}, REMOTE_ADDR=network)


def is_in(client: Client) -> bool:
    return client.get("/tai-khoan/").status_code == 200


@contextmanager
def hashes() -> Iterator[list[str]]:
    """Count the password hashes that are computed: what takes time at the door."""
    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        made.append(password)
        return str(encode(self, password, salt))

    with mock.patch.object(MD5PasswordHasher, "encode", counted):
        yield made


class Clock:
    """The clock of the edge, set by the test."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def on(self, **span: float) -> None:
        self.at += timedelta(**span)
