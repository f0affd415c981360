"""Room 1: finds AWS bills, checks them and lands them in the lake, whole or not at all."""
