"""Tells once a day what things cost, what changed and what was done: to a topic, and as metrics."""
