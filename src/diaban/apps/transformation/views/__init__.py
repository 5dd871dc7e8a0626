"""The pages of transformation."""
