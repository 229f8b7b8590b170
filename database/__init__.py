"""The database: mapped base, types, the one transaction, locks, guards, audit and outbox."""
