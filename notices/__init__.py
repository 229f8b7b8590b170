"""Notices: composes and delivers what waits in the outbox."""
