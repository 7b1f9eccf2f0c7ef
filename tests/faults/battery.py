"""The battery: every trial by the id that RELIABILITY gives it."""

from tests.faults.trial import Trial
from tests.faults.trials import (
    bank,
    calls,
    clocks,
    disk,
    failing,
    imports,
    keys,
    kills,
    last_unit,
    locks,
    restarts,
    servers,
    shapes,
    soak,
    storm,
)
from tests.faults.trials.elsewhere import suite

TRIALS = {
    trial.id: trial
    for trial in (
        Trial("A1", "bank: every kind of step at once, audited meanwhile", bank.bank, "torn"),
        Trial("A2", "the last unit, by three ways at once", last_unit.last_unit, "remembers"),
        Trial("A3", "orders of every shape, all or nothing", shapes.shapes, "torn"),
        Trial(
            "A4", "carts that name the same products in any order", bank.opposite, "unsorted"
        ),
        Trial(
            "A5",
            "a hold is completed, cancelled or expires, once",
            suite("tests/races/test_deadline.py", "tests/races/test_holds.py"),
        ),
        Trial(
            "A6",
            "a shelf is counted while it is sold from",
            suite("tests/races/test_count.py", "tests/races/test_count_session.py"),
        ),
        Trial("A7", "two sweepers, one killed", suite("tests/faults/test_sweepers.py")),
        Trial("A8", "the clock jumps, and nights that clocks fear", clocks.clocks, "unswept"),
        Trial("A9", "every kind of number in every field", shapes.numbers),
        Trial("B1", "one key, fifty at once", keys.same_key, "forgets"),
        Trial("B2", "the answer is lost, the server killed", keys.lost_answer, "forgets"),
        Trial("B3", "lines cut anywhere, under load", keys.disconnects, "forgets"),
        Trial(
            "B4",
            "double clicks, a held Enter, two screens, a lost link",
            suite(
                "tests/races/test_double_submit.py",
                "tests/e2e/test_selling.py",
                "tests/e2e/test_live.py",
            ),
        ),
        Trial("C1", "kill -9 under load", kills.kill_under_load, "early"),
        Trial("C2", "killed at every write of one order", calls.every_call, "torn", sqlite=True),
        Trial("C2b", "every order waits for the disk", calls.syncs, "unsynced", sqlite=True),
        Trial("C2c", "killed at the writes of an import", imports.killed_import, sqlite=True),
        Trial("C3", "the disk is full", disk.disk_full, "early", sqlite=True),
        Trial("C4", "the disk fails at random", failing.failing_disk, "leaks", sqlite=True),
        Trial("C5", "a bad database at the start", suite("tests/commands/test_bad_start.py")),
        Trial("C6", "another program holds the lock", locks.foreign_lock, "in_place"),
        Trial("C7", "a COMMIT and a BEGIN that fail", failing.failed_commits, "leaks", sqlite=True),
        Trial("C8", "asked to end and started anew", restarts.restarts, "early,abrupt"),
        Trial("C8b", "open screens go first and come back", suite("tests/faults/test_stop.py")),
        Trial(
            "C9",
            "a migration is cut",
            suite("tests/faults/test_migration_cut.py", "tests/faults/test_restore_cut.py"),
        ),
        Trial(
            "C10",
            "backups while others write",
            suite("tests/faults/test_backups.py", "tests/backups"),
        ),
        Trial(
            "C11",
            "the database ends sessions, crashes, starts anew",
            servers.database_goes_away,
            "unflushed",
            postgresql=True,
        ),
        Trial(
            "C12",
            "two servers, 64 clients, one hot product",
            servers.hot_product,
            "remembers",
            postgresql=True,
        ),
        Trial("C13", "a long time with one fault after the other", soak.soak, "leaks"),
        Trial(
            "D1",
            "slow clients",
            suite("tests/faults/test_slow_clients.py", "tests/web/test_deadlines.py"),
        ),
        Trial(
            "D2",
            "big and odd requests",
            suite("tests/web/test_limits.py", "tests/web/test_nonsense.py"),
        ),
        Trial("D3", "spreadsheets of every kind", suite("tests/imports")),
        Trial("D4", "very many streams", suite("tests/faults/test_streams.py", "tests/live")),
        Trial("D5", "raw HTTP, hosts, browser files", suite("tests/web/test_raw_http.py")),
        Trial("E1", "what is typed comes back as text", suite("tests/web/test_injection.py")),
        Trial("E2", "nothing typed runs in a browser", suite("tests/e2e/test_hostile.py")),
        Trial("E3", "other sites", suite("tests/web/test_cross_site.py")),
        Trial("E4", "the life of a session", suite("tests/accounts/test_sessions.py")),
        Trial("E5", "guessing passwords", suite("tests/accounts/test_throttle.py")),
        Trial("E5b", "200 sign in, 20 read, 5 save, others sell", storm.storm),
        Trial("E6", "who may do what", suite("tests/accounts/test_roles.py")),
        Trial("E7", "fields that nobody asked for", suite("tests/accounts/test_extra_fields.py")),
        Trial(
            "E8",
            "headers and logs",
            suite("tests/web/test_headers.py", "tests/web/test_secrets_in_logs.py"),
        ),
        Trial(
            "E9",
            "everything asked of /v1, and two models",
            suite("tests/web/test_every_request.py", "tests/models"),
        ),
    )
}
