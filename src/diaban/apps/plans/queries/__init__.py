"""Reads of plans."""

from diaban.apps.plans.queries.lists import version_to_show
from diaban.apps.plans.queries.sight import may_keep, visible_plans, visible_versions

__all__ = ["may_keep", "version_to_show", "visible_plans", "visible_versions"]
