"""What may be done to a plan: each act guarded, in one transaction, with one entry in the log."""

from diaban.apps.plans.actions.catalogue import load_from_catalogue
from diaban.apps.plans.actions.force import put_in_force

__all__ = ["load_from_catalogue", "put_in_force"]
