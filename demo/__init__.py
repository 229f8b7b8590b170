"""The demo: a believable autumn in Drammen, invented where nothing is known and marked so."""
