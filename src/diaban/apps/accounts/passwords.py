"""What a password must be, said in the words of the interface."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """At least `min_length` characters."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002
        if len(password) < self.min_length:
            raise ValidationError(
                _("Mật khẩu quá ngắn: cần ít nhất {n} ký tự.").format(n=self.min_length), code="password_too_short"
            )

    def get_help_text(self) -> str:
        return _("Ít nhất {n} ký tự.").format(n=self.min_length)


class NotCommon(CommonPasswordValidator):
    """Not one of the passwords that everybody tries first."""

    def validate(self, password: str, user: Any = None) -> None:
        try:
            super().validate(password, user)
        except ValidationError:
            raise ValidationError(
                _("Mật khẩu này nhiều người đã dùng, dễ đoán; hãy chọn mật khẩu khác."), code="password_too_common"
            ) from None

    def get_help_text(self) -> str:
        return _("Không dùng mật khẩu dễ đoán.")
