"""The pages of choosing."""
