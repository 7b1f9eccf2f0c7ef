"""How the name of a clerk or a program is found."""


def name_key(name: str) -> str:
    """Without regard to case, and to how many spaces stand in it."""
    return " ".join(name.casefold().split())[:100]
