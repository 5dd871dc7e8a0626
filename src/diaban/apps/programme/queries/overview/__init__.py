"""Reads behind the pages that look over many tasks at once."""
