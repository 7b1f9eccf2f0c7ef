"""What the rules of the HTTP Observatory say of an answer: points, and the grade they make.

After its published tests and modifiers (developer.mozilla.org/observatory/docs/tests_and_scoring):
100 points, less what is wrong; and if 90 are left, more for what is better than it has to be. What
only a scan from outside can see, the certificate and the redirection to https, is the proxy's.
"""

import re
from collections.abc import Mapping, Sequence

UNSAFE = {"'unsafe-inline'", "'unsafe-eval'", "data:", "https:", "http:", "*"}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
GRADES = {100: "A+", 90: "A", 85: "A-", 80: "B+", 70: "B", 65: "B-", 60: "C+", 50: "C", 45: "C-"}
HALF_A_YEAR = 15_768_000


def grade(headers: Mapping[str, str], cookies: Sequence[str], html: str) -> tuple[str, int]:
    """The grade and the points of a page, with the cookies that are set on the way to it."""
    policy = _policy(headers.get("content-security-policy", ""))
    found = [
        _content(policy),
        _cookies(cookies, is_kept_to_tls="strict-transport-security" in headers),
        -50 if "access-control-allow-origin" in headers else 0,
        _referrer(headers.get("referrer-policy", "")),
        _transport(headers.get("strict-transport-security", "")),
        _scripts(html),
        0 if headers.get("x-content-type-options") == "nosniff" else -5,
        _frames(policy, headers.get("x-frame-options", "")),
        _resources(headers.get("cross-origin-resource-policy", "")),
    ]
    points = 100 + sum(one for one in found if one < 0)
    if points >= 90:
        points += sum(one for one in found if one > 0)
    return next((name for least, name in GRADES.items() if points >= least), "D or F"), points


def _policy(text: str) -> dict[str, set[str]]:
    parts = [part.split() for part in text.split(";") if part.strip()]
    return {name: set(sources) for name, *sources in parts}


def _content(policy: Mapping[str, set[str]]) -> int:
    if not policy:
        return -25
    usual = policy.get("default-src", {"*"})
    if policy.get("script-src", usual) & UNSAFE or policy.get("object-src", usual) & UNSAFE:
        return -20
    if policy.get("style-src", usual) & UNSAFE:
        return 0
    is_kept = policy.get("form-action", {"*"}) <= {"'none'", "'self'"}
    return 10 if usual == {"'none'"} and is_kept else 5


def _cookies(cookies: Sequence[str], *, is_kept_to_tls: bool) -> int:
    if not cookies:
        return 0
    found = []
    for cookie in cookies:
        said = {part.strip().lower() for part in cookie.split(";")[1:]}
        if "secure" not in said:
            found.append(-10 if is_kept_to_tls else -40)
        elif "httponly" not in said:
            found.append(-30)
        else:
            found.append(5 if said & {"samesite=lax", "samesite=strict"} else 0)
    return min(found)


def _referrer(policy: str) -> int:
    if not policy:
        return 0
    return 5 if policy in PRIVATE else -5


def _transport(said: str) -> int:
    age = re.search(r"max-age=(\d+)", said)
    if age is None:
        return -20
    return 0 if int(age[1]) >= HALF_A_YEAR else -10


def _scripts(html: str) -> int:
    scripts = re.findall(r"<script[^>]*\ssrc=\"([^\"]*)\"[^>]*>", html)
    if any(re.match(r"(?:https?:)?//", script) for script in scripts):
        return -50
    return 0


def _frames(policy: Mapping[str, set[str]], said: str) -> int:
    if "frame-ancestors" in policy:
        return 5
    return 0 if said.upper() in {"DENY", "SAMEORIGIN"} else -20


def _resources(policy: str) -> int:
    if policy in {"same-origin", "same-site"}:
        return 10
    return 0 if policy in {"", "cross-origin"} else -5
