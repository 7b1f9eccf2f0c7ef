"""A PostgreSQL server of the tests' own, from the system's package.

``python -m tests.postgres pytest tests/stock`` runs these tests against it, and
``python -m tests.postgres tests.faults A1`` this trial.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "onhand"
INSTALLED = Path("/usr/lib/postgresql")  # where Debian keeps one folder for each version


class Missing(Exception):
    """There is no PostgreSQL server on this machine."""


def programs() -> Path:
    """The folder with ``initdb`` and ``pg_ctl``: on the path, or the newest that is installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not versions:
        raise Missing("no PostgreSQL server is installed: the system's package is 'postgresql'")
    return versions[-1].parent


class Cluster:
    """A server on a free port of this machine: an empty one, or one that follows another."""

    def __init__(self, folder: Path, following: str = "", **settings: str) -> None:
        self.folder = folder / "postgres"
        self._programs = programs()
        self._account = _account()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        options = {
            "port": f"{self.port}",
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "wal_keep_size": "128MB",  # for one that follows
            **settings,
        }
        self._options = " ".join(
            f"-c {name}={value or chr(39) * 2}" for name, value in options.items()
        )
        self.folder.mkdir(mode=0o700)
        if self._account:
            shutil.chown(self.folder, self._account)
            _let_through(folder)
        if following:
            self._run("pg_basebackup", "-R", "-c", "fast", "-d", following)
        else:
            self._run("initdb", "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        self.start()

    @property
    def address(self) -> str:
        """The database that is always there."""
        return self.database("postgres")

    def database(self, name: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-l", log, "-o", self._options, "start")

    def stop(self, how: str = "fast") -> None:
        """``fast`` ends every session first; ``immediate`` is a crash."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def _run(self, program: str, *args: str) -> None:
        said = subprocess.run(
            [str(self._programs / program), "-D", str(self.folder), *args],
            cwd=self.folder,
            user=self._account,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if said.returncode:
            raise RuntimeError(f"{program}: {said.stdout}{said.stderr}")


@contextmanager
def running(following: str = "", **settings: str) -> Iterator[Cluster]:
    """A server that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="onhand-postgres-"))
    try:
        cluster = Cluster(folder, following, **settings)
        try:
            yield cluster
        finally:
            cluster.stop("immediate")
    finally:
        shutil.rmtree(folder)


def _account() -> str | None:
    """PostgreSQL does not run as root: then as whom."""
    if os.getuid() != 0:
        return None
    accounts = {account.pw_name for account in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in accounts)


def _let_through(folder: Path) -> None:
    folder.chmod(folder.stat().st_mode | 0o011)


def is_ours() -> bool:
    """Whether the server is one of the tests' own, which may be crashed."""
    return "PGDATA" in os.environ


def crash() -> None:
    """End the server as a crash would, and start it anew."""
    folder = os.environ["PGDATA"]
    restart = ["pg_ctl", "-w", "-m", "immediate", "-D", folder, "-l", f"{folder}/log", "restart"]
    subprocess.run(
        restart,
        user=_account(),
        executable=programs() / "pg_ctl",
        check=True,
        stdout=subprocess.DEVNULL,
    )


def main() -> int:
    """Run a module with its arguments, such as pytest, on a server of its own."""
    with running() as cluster:
        environment = {
            **os.environ,
            "ONHAND_DATABASE": cluster.address,
            "PGDATA": str(cluster.folder),
        }
        command = [sys.executable, "-m", *sys.argv[1:]]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
