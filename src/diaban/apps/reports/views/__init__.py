"""Pages of the dossiers."""
