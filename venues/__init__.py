"""The map of rooms: venues, spaces, rooms, when they are open, and what is known of them."""
