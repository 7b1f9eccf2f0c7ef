"""Where a file is: on a disk of this machine, or on one that is far away."""

from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")  # proc(5): what is mounted where, and as what, on Linux

# On these SQLite's locks are not to be relied on, nor its WAL, which wants memory that is shared
# (sqlite.org/wal.html, "Disadvantages").
FAR = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "fuse.sshfs", "fuse.glusterfs"}


def far_away(path: Path) -> str:
    """As what the drive is mounted that has this path, when that is over a network; else empty."""
    try:
        mounts = MOUNTS.read_text()
    except OSError:  # another system, or not for us to see
        return ""
    kinds: dict[Path, str] = {}
    for line in mounts.splitlines():
        where, _, rest = line.partition(" - ")
        place = where.split()[4].replace(r"\040", " ")
        kinds[Path(place)] = rest.split()[0]
    at = path.resolve()
    kind = next((kinds[place] for place in (at, *at.parents) if place in kinds), "")
    return kind if kind in FAR else ""
