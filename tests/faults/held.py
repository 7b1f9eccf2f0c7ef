"""What a process holds of the machine."""

from pathlib import Path
from typing import NamedTuple


class Held(NamedTuple):
    files: int
    threads: int
    rss: int  # KiB

    @classmethod
    def by(cls, pid: int) -> "Held":
        process = Path(f"/proc/{pid}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return cls(
            len(list((process / "fd").iterdir())),
            int(status["Threads"]),
            int(status["VmRSS"].split()[0]),
        )

    def leaked(self, now: "Held") -> list[str]:
        """What has become more of than promise P15 allows."""
        wrong = []
        if now.files > self.files + 10:
            wrong.append(f"{now.files - self.files} files stay open")
        if now.threads > self.threads + 2:
            wrong.append(f"{now.threads - self.threads} threads stay")
        return wrong

    def since(self, now: "Held") -> str:
        return f"files {self.files} then {now.files}, threads {self.threads} then {now.threads}"
