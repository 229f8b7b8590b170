"""Billing: what dates cost and who pays for it, written down period by period, with corrections and disputes."""
