"""People of a unit: their accounts and roles, delegation during leave, hand-over."""
