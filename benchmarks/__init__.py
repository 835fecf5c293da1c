"""Benchmarks: every figure is a ratio within one run, variants interleaved; see docs of each module for its budget."""
