"""Bookings: requests, claims, series, and the small modules that link them to agreements and grants."""
