"""Django slices, one folder per noun. Their order is in docs/architecture.md."""
