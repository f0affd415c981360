"""Deletes EBS volumes that nothing uses and releases Elastic IPs that nothing uses. Imports nothing by itself."""
