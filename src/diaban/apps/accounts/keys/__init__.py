"""Second factors: codes from an app, keys, recovery codes; and the moment before one of them is changed."""
