"""Calendars of others: what they say, read in bounded work, and the rooms that they take."""
