"""Reading a plan without a database: `diaban plan read FILE`. No Django, no clock.

`plans` is the group of commands about plans; commands that need the database join it elsewhere.
"""

from diaban.plan_reading.command import plans, register

__all__ = ["plans", "register"]
