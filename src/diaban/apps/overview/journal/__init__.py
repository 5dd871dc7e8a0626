"""The journal: what the audit holds, in words, with the questions an inspector asks of it."""
