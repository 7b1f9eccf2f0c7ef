"""How the name of a clerk or a program is found."""

OUR_OWN = {"onhand", "import"}  # under which the program itself writes


def name_key(name: str) -> str:
    """Without regard to case and spaces; nor to NUL, which nobody types and PostgreSQL refuses."""
    return " ".join(name.casefold().replace("\0", "").split())[:100]
