"""Rounds of caretakers: the work of a day, the sheet that tells it, and what changes after it was sent."""
