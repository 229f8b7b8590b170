"""Complaints about decisions, from the day one comes in to the act that carries its outcome out, and whole cases as files."""
