"""The face: base templates, components, styles, scripts, fonts. Knows no app."""
