"""Middleware of our own, in the order in which a request meets it."""

from __future__ import annotations

from diaban.site.middleware.admission import Admission
from diaban.site.middleware.ceilings import Ceilings
from diaban.site.middleware.headers import Headers
from diaban.site.middleware.language import ChosenLanguage

__all__ = ["Admission", "Ceilings", "ChosenLanguage", "Headers"]
