"""Statistics: how rooms are used against their opening hours, by whom, what was asked for in vain, and what free use is worth."""
