"""What a password must be, said in the words of the interface."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from diaban.core.text import fold


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


LOCAL_WORDS: Final = (
    "diaban", "congan", "canhsat", "matuy", "uybannhandan", "ubnd", "phongchong", "tudiem", "vungtau", "baria",
    "condao", "matkhau", "password", "canbo", "quantri", "admin",
)  # fmt: skip
_LEAST_OF_ONES_OWN = 6


class NotLocal:
    """Not made of words that anybody here would try: the product, the service, one's own name, user name or title.

    Such words and what is no letter are taken out; at least six letters must remain.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` when too little of one's own is left."""
        letters = _letters(password)
        own = (getattr(user, name, "") or "" for name in ("username", "full_name", "title"))
        words = {word for text in own for word in (_letters(text), *map(_letters, text.split())) if len(word) > 2}
        rest = letters
        for word in sorted({*LOCAL_WORDS, *words}, key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < len(letters) and len(rest) < _LEAST_OF_ONES_OWN:
            raise ValidationError(
                _("Mật khẩu gồm toàn từ dễ đoán ở cơ quan (tên mình, đơn vị, “công an”, “diaban”); hãy thêm từ khác."),
                code="password_of_local_words",
            )

    def get_help_text(self) -> str:
        """Return the rule in a few words."""
        return _("Không ghép từ tên mình, đơn vị, cơ quan.")


def _letters(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalpha())
