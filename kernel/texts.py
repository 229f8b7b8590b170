"""Texts for people that stand in code: bokmål, the msgids of the translations."""


def marked(msgid: str) -> str:
    """Marks a msgid for extraction (``from kernel.texts import marked as _``); it is translated where it is shown."""
    return msgid
