"""The foundation every room stands on: settings, zones, stores, published marts, verdicts, output and errors.

It imports no room. What a room needs from another room it finds in the lake, under the keys of `lake.zones`.
"""
