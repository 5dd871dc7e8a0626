"""One module per question: what it asks of the engine, and how the engine's figures become words."""
