"""`diaban analyse`: questions put to a file of events, answered by the engine without a database."""
