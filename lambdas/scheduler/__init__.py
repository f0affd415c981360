"""Starts and stops what its owner gave a schedule."""
