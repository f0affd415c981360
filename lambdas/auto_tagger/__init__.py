"""Gives resources the tags that they lack, by rule; never changes one that is there."""
