"""The battery: every trial by the id that RELIABILITY gives it."""

from tests.faults import bank, calls, disk, keys, kills, last_unit
from tests.faults.trial import Trial

TRIALS = {
    trial.id: trial
    for trial in (
        Trial("A1", "bank: every kind of step at once, audited meanwhile", bank.bank, "torn"),
        Trial("A2", "the last unit, by three ways at once", last_unit.last_unit, "remembers"),
        Trial("A4", "carts that name the same products in any order", bank.opposite),
        Trial("B1", "one key, fifty at once", keys.same_key, "forgets"),
        Trial("B2", "the answer is lost, the server killed", keys.lost_answer, "forgets"),
        Trial("B3", "lines cut anywhere, under load", keys.disconnects, "forgets"),
        Trial("C1", "kill -9 under load", kills.kill_under_load, "early"),
        Trial("C2", "killed at every write of one order", calls.every_call, "torn"),
        Trial("C2b", "every order waits for the disk", calls.syncs, "unsynced"),
        Trial("C3", "the disk is full", disk.disk_full, "stuck"),
        Trial("C4", "the disk fails at random", disk.failing_disk, "stuck"),
        Trial("C7", "a COMMIT and a BEGIN that fail", disk.failed_commits, "leaks"),
    )
}
