"""People, organisations, delegates, roles and signing in."""
