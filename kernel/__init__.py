"""Pure words that every package speaks: intervals, wall clocks, recurrence, money, refusals."""
