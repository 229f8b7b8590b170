"""Agreements and grants: what gives an organisation a right to rooms, and what that is worth."""
