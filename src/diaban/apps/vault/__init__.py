"""Where secrets lie: the key ring, sealed fields, the walls between databases."""
