"""Dated facts as YAML, each with `reference` and `checked_by`, and the loaders that turn them into core objects."""
