"""What truly happened and what it cost. One file per kind of event; each knows its own economics."""
