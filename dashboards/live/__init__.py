"""Reports from the live account alone, without a bill: what nothing uses, and what is larger than it need be.

They read what `finops collect` landed. Every rule is a pure function of facts; what was not answered is not judged.
"""
