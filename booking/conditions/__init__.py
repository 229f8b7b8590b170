"""Conditions: what has to be done before anybody enters, by whom it was done, and what is missing on which date."""
