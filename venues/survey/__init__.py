"""Surveys: what somebody sees of a room on site - its condition, what was measured, and what is missing for whom."""
