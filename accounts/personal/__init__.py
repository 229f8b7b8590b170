"""Personal data: what is held of people and why, what they are given of it, how it is erased, and who looked at it."""
