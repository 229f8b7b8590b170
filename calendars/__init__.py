"""Calendars: feeds of the bookings, in text that every client reads alike."""
