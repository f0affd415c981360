"""A small company whose true costs are known, written out as AWS would bill them: for the demo and for tests."""
