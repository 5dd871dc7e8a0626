"""The door: who is at it, how fast one may try, what a session is, and when it ends."""
