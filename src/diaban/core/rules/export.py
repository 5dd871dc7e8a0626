"""One assessment as plain data for other programs."""

from __future__ import annotations

from typing import Any

from diaban.core.rules.assessment import Assessment
from diaban.core.rules.distance import Distance


def to_json(assessment: Assessment, unit_code: str) -> dict[str, Any]:
    """Return the assessment with stable keys and only JSON types.

    `literal`, `at_least`: class or null. `criteria_met`: codes met with bands exactly as written. `drug_free`: null
    when not known. `conflicts`: codes of the gaps to resolve. `missing`: names of figures not reported. `distance`:
    reading → class ("none": out of all classes) → figure → signed whole number that is enough by itself, `sentence`.
    """
    return {
        "unit_code": unit_code,
        "literal": assessment.literal,
        "at_least": assessment.at_least,
        "criteria_met": list(assessment.criteria_met),
        "drug_free": assessment.drug_free,
        "conflicts": list(dict.fromkeys(finding.code for finding in assessment.conflicts)),
        "missing": [missing.figure for missing in assessment.missing],
        "distance": {
            reading.value: {target: _distance(one) for target, one in found.items()}
            for reading, found in assessment.distance.items()
        },
    }


def _distance(distance: Distance) -> dict[str, int | str]:
    return {**distance.single, "sentence": str(distance.sentence)}
