"""What a browser calls itself, in the words of the person who sits at it."""

from collections.abc import Mapping

BROWSERS = {  # by what it says of itself; most say that they are Safari as well
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
MACHINES = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Macintosh": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def browser(user_agent: str) -> str:
    """Firefox on Windows, as far as one can tell."""
    name = _first(BROWSERS, user_agent) or "Another browser"
    machine = _first(MACHINES, user_agent)
    return f"{name} on {machine}" if machine else name


def _first(known: Mapping[str, str], user_agent: str) -> str:
    return next((words for sign, words in known.items() if sign in user_agent), "")
