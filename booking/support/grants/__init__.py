"""Grants: schemes and what is given under them, what it is worth, what it pays, what was done with it, and how it is lost."""
