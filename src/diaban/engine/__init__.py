"""Statistics on arrays: numpy only, no Django, no clock."""
