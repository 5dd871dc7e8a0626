"""The dossier of a classification cycle: frozen figures, their byte form and digest, the report composed from them."""

from diaban.core.dossier.canonical import canonical_json, digest, plain, read_dossier
from diaban.core.dossier.narrative import compose
from diaban.core.dossier.snapshot import (
    KEY_CLASSES,
    STANDING_LABELS,
    ClassRow,
    Completeness,
    CriterionRow,
    Dossier,
    FlowRow,
    HotspotRow,
    Letterhead,
    ProvinceAssessment,
    RuleRef,
    Standing,
    Working,
)

__all__ = [
    "KEY_CLASSES",
    "STANDING_LABELS",
    "ClassRow",
    "Completeness",
    "CriterionRow",
    "Dossier",
    "FlowRow",
    "HotspotRow",
    "Letterhead",
    "ProvinceAssessment",
    "RuleRef",
    "Standing",
    "Working",
    "canonical_json",
    "compose",
    "digest",
    "plain",
    "read_dossier",
]
