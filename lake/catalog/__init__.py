"""The Glue catalogue of a lake in S3: what must stand in it is worked out from the lake, and then made so.

Glue decides nothing. The pointers are the truth about what was accepted (`lake.turns`), and the catalogue is made
equal to them: after bills were accepted and before anything is computed. See docs/decisions/0009.
"""
