"""Deletes EBS snapshots that are older and more than anybody wants to keep."""
