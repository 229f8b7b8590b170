"""The demo: a believable autumn in Drammen and the one before it, invented where nothing is known and marked so."""
