"""The pages that look over the programme."""
