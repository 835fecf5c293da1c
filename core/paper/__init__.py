"""A small, faithful, deterministic Bybit v5 on loopback: for practice without a key, and for the tests.

It imports nothing of the rest of the app, so that the two can disagree.
"""
