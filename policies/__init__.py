"""Policies: rules as data, and the pure judgement of a request by them."""
