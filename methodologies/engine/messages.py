"""Sentences of the engine, marked for translation; whoever shows one translates it. No Django in here."""


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translators and return it as it is."""
    return message


class EngineError(ValueError):
    """Something cannot be computed. `message` is the sentence with %(name)s places, `values` fills them."""

    def __init__(self, message: str, **values: object) -> None:
        self.message, self.values = message, values
        super().__init__(message % values)
