"""Gives instances the type that they need, in their window, and volumes the cheaper kind."""
