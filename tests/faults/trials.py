"""The battery: every trial by the id that RELIABILITY gives it."""

from tests.faults import (
    bank,
    calls,
    clocks,
    disk,
    keys,
    kills,
    last_unit,
    locks,
    restarts,
    shapes,
    soak,
)
from tests.faults.trial import Trial

TRIALS = {
    trial.id: trial
    for trial in (
        Trial("A1", "bank: every kind of step at once, audited meanwhile", bank.bank, "torn"),
        Trial("A2", "the last unit, by three ways at once", last_unit.last_unit, "remembers"),
        Trial("A3", "orders of every shape, all or nothing", shapes.shapes, "torn"),
        Trial("A4", "carts that name the same products in any order", bank.opposite),
        Trial("A8", "the clock jumps, and nights that clocks fear", clocks.clocks, "unswept"),
        Trial("A9", "every kind of number in every field", shapes.numbers),
        Trial("B1", "one key, fifty at once", keys.same_key, "forgets"),
        Trial("B2", "the answer is lost, the server killed", keys.lost_answer, "forgets"),
        Trial("B3", "lines cut anywhere, under load", keys.disconnects, "forgets"),
        Trial("C1", "kill -9 under load", kills.kill_under_load, "early"),
        Trial("C2", "killed at every write of one order", calls.every_call, "torn"),
        Trial("C2b", "every order waits for the disk", calls.syncs, "unsynced"),
        Trial("C3", "the disk is full", disk.disk_full, "stuck"),
        Trial("C4", "the disk fails at random", disk.failing_disk, "stuck"),
        Trial("C6", "another program holds the lock", locks.foreign_lock, "in_place"),
        Trial("C7", "a COMMIT and a BEGIN that fail", disk.failed_commits, "leaks"),
        Trial("C8", "asked to end and started anew", restarts.restarts, "early,abrupt"),
        Trial("C13", "a long time with one fault after the other", soak.soak, "leaks"),
    )
}
