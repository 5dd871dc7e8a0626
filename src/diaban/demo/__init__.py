"""The demonstration province: synthetic rows of `engine.synthetic`, put in through the same actions that people use."""
