"""Benchmarks: the program beside floors that it cannot beat, alternately in one run, and the long proofs."""
