"""Keys, seals and blind indexes. Nothing here knows Django; secrets never reach a message, a log or a `repr`."""
