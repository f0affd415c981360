"""What AWS accounts were asked beside the bill: its columns, and which of it counts.

Room 1 collects it (`finops collect`), every other room may read it. A day of a source is one pointer: which files hold
the day's rows, and of each part of the source, in each account and region, whether it was answered. So a reader can
tell what is not there from what nobody could see.
"""
