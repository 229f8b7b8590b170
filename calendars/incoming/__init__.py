"""Incoming: calendars of others, which keep rooms taken as they say."""
