"""How densely events lie: a surface of density, and clusters in space and time."""
