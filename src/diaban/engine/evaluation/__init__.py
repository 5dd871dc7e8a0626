"""Did the work help, or only move the problem: comparisons before and after that say when they cannot know."""
