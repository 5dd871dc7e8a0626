"""Classes of data by what the law asks for them, and what somebody sees who is not cleared for a class.

Sources: Luật 91/2025/QH15 on the protection of personal data (Đ3 purpose and minimisation, Đ12 security, Đ23 breaches)
and NĐ 356/2025/NĐ-CP (Đ4: sensitive data include health, place, and data on offences kept by law-enforcement bodies;
access to them must be limited by a procedure). The boundaries between our classes are ours; a field is put into the
stricter class when in doubt, because free text and an exact place may tell of a person whatever the column is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from diaban.core.messages import N_

MASK: Final = "•••"  # always as long: a mask that follows the value tells its length


class PrivacyClass(StrEnum):
    """What a field may tell, from open to never shown."""

    PUBLIC = "public"  # stands in a published text: units, boundaries, populations, numbers of decisions
    INTERNAL = "internal"  # work on places and counts; nobody can be named by it
    OFFICER = "officer"  # an officer in office: name, account, who did what and when
    PERSONAL = "personal"  # lets a person or a home be found: exact places, addresses, telephones
    SENSITIVE = "sensitive"  # health, offences, tips, and every free text that may tell of them
    SECRET = "secret"  # noqa: S105 -- passwords' hashes, keys, session ids: nobody's eyes, whatever their role


TITLES: Final[Mapping[PrivacyClass, str]] = MappingProxyType(
    {
        PrivacyClass.PUBLIC: N_("Công khai"),
        PrivacyClass.INTERNAL: N_("Nội bộ"),
        PrivacyClass.OFFICER: N_("Cán bộ"),
        PrivacyClass.PERSONAL: N_("Cá nhân"),
        PrivacyClass.SENSITIVE: N_("Nhạy cảm"),
        PrivacyClass.SECRET: N_("Bí mật kỹ thuật"),
    }
)

MEANINGS: Final[Mapping[PrivacyClass, str]] = MappingProxyType(
    {
        PrivacyClass.PUBLIC: N_("đơn vị, ranh giới, dân số, số và ngày quyết định"),
        PrivacyClass.INTERNAL: N_("công việc trên địa bàn và số lượng"),
        PrivacyClass.OFFICER: N_("tên, tài khoản, việc đã làm của cán bộ"),
        PrivacyClass.PERSONAL: N_("tên điểm, địa chỉ, vị trí: tìm ra được một người, một nơi ở"),
        PrivacyClass.SENSITIVE: N_("sức khỏe, vi phạm, tin báo, ghi chú tự do"),
        PrivacyClass.SECRET: N_("mật khẩu, khóa, mã phiên"),
    }
)
"""What a class holds, in the words of the page on roles."""

OPEN: Final = frozenset({PrivacyClass.PUBLIC, PrivacyClass.INTERNAL})
"""What everyone with an account in force may see of a record that they may see at all."""

EVERYTHING: Final = frozenset(PrivacyClass) - {PrivacyClass.SECRET}
"""For work that shows nobody anything: a computation, the paper that leaves signed."""

PERSONAL_DATA: Final = frozenset({PrivacyClass.OFFICER, PrivacyClass.PERSONAL, PrivacyClass.SENSITIVE})
"""The classes that are personal data in the sense of the law: reading and exporting them is logged."""


def visible(privacy_class: PrivacyClass, cleared: frozenset[PrivacyClass]) -> bool:
    """Say whether somebody cleared for these classes sees a field of this class. A secret is never seen."""
    return privacy_class is not PrivacyClass.SECRET and privacy_class in cleared


def mask(value: object, privacy_class: PrivacyClass, cleared: frozenset[PrivacyClass]) -> object:
    """Return the value for somebody cleared for these classes, and `MASK` for others.

    A missing value is masked too: that something is *not* known of a person is itself known then.
    """
    return value if visible(privacy_class, cleared) else MASK


def classed(
    *,
    public: str = "",
    internal: str = "",
    officer: str = "",
    personal: str = "",
    sensitive: str = "",
    locked: str = "",
) -> Mapping[str, PrivacyClass]:
    """Return the class of each field named; the names of a class stand in one string, parted by spaces.

    `locked` names the fields of class `SECRET`. Raises `ValueError` for a field that is named twice.
    """
    given = {
        PrivacyClass.PUBLIC: public,
        PrivacyClass.INTERNAL: internal,
        PrivacyClass.OFFICER: officer,
        PrivacyClass.PERSONAL: personal,
        PrivacyClass.SENSITIVE: sensitive,
        PrivacyClass.SECRET: locked,
    }
    found: dict[str, PrivacyClass] = {}
    for privacy_class, names in given.items():
        for name in names.split():
            if name in found:
                raise ValueError(f"{name}: both {found[name]} and {privacy_class}")
            found[name] = privacy_class
    return MappingProxyType(found)
