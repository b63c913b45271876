"""Account numbers such as JP-1000001-27: registry, kind and running number, two check digits (ISO 7064 MOD 97-10)."""

KIND_DIGIT = {
    "source": "0",
    "government": "1",
    "entity": "2",
    "retirement": "3",
    "cancellation": "4",
    "administrative": "5",
}


def check_digits(body: str) -> str:
    """Return the two digits that make `body` pass ISO 7064 MOD 97-10, letters counting from A = 10."""
    digits = "".join(str(int(character, 36)) for character in body if character != "-")
    return f"{98 - int(digits) * 100 % 97:02d}"


def account_number(registry_code: str, kind: str, running: int) -> str:
    """Return the number of the `running`-th account of this kind in the registry."""
    body = f"{registry_code}-{KIND_DIGIT[kind]}{running:06d}"
    return f"{body}-{check_digits(body)}"


def is_account_number(text: str) -> bool:
    """Return whether the text has the form of an account number and its check digits are right."""
    body, _dash, digits = text.rpartition("-")
    return bool(body) and body.replace("-", "").isalnum() and body.isascii() and check_digits(body) == digits
