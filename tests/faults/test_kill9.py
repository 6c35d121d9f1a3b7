"""kill -9 in the middle of bookings, a hundred times over one file: nothing that was acknowledged
is lost, and nothing is there by half."""

import os
import random
import shutil
import time

import store_check
from booking_load import Load
from clinic_server import booking

ROUNDS = int(os.environ.get("CLINIC_KILL_ROUNDS", "100"))
CLOCK = "2024-03-01T08:01:00Z"


def assert_whole(server, acknowledged, wreck):
    """The file as the kill left it, seen by SQLite alone: in a copy, so that it is the server that
    has to recover the original."""
    wreck.mkdir()
    left = server.copy_to(wreck).database
    assert store_check.findings(left) == []
    assert store_check.missing(left, acknowledged) == []
    shutil.rmtree(wreck)


def test_what_was_acknowledged_survives_a_hundred_kills_and_nothing_is_there_by_half(
        server, tmp_path):
    draw = random.Random(9)
    acknowledged, unknown = [], 0
    for round_ in range(ROUNDS):
        load = Load(server, seed=round_)
        load.start()
        assert load.is_under_way(), server.stderr()
        time.sleep(draw.uniform(0.0, 0.6))
        assert server.is_alive(), server.stderr()
        assert server.kill() == -9
        load.join()
        assert load.wrong == [], f"round {round_}"
        unknown += load.unknown
        acknowledged += load.acknowledged

        assert_whole(server, load.acknowledged, tmp_path / f"wreck-{round_}")
        server.start(clock=CLOCK)
        receptionist = server.sign_in("receptionist")
        assert receptionist.get("/readyz").status == 200
        for told in load.acknowledged[-3:]:
            now = receptionist.get(f"/api/appointments/{told['id']}")
            assert now.status == 200 and now["version"] >= told["version"], f"round {round_}"

    assert store_check.findings(server.database) == []
    assert store_check.missing(server.database, acknowledged) == []
    assert len(acknowledged) > 3 * ROUNDS, "too little was booked to show anything"
    assert unknown > 0, "no kill met a request under way"
    print(f"{ROUNDS} kills, {len(acknowledged)} changes acknowledged, {unknown} answers lost")


def test_a_request_whose_answer_was_lost_is_repeated_safely_with_its_key(server):
    """What a client does that does not know: ask again with the same key."""
    receptionist = server.sign_in("receptionist")
    patient_id = server.resource("Sam Rivera")
    times = [f"2024-04-{day:02}T{hour:02}:00" for day in range(2, 6) for hour in range(9, 17)]
    sent = []
    for number, when in enumerate(times):
        body = booking(when, patient_id=patient_id)
        key = {"Idempotency-Key": f"lost-{number}"}
        sent.append((body, key, receptionist.post("/api/appointments", body, headers=key)))
        if number % 8 == 7:
            server.kill()  # whatever was answered, the clients forget it
            server.start(clock=CLOCK)
            receptionist = server.sign_in("receptionist")
    for body, key, first in sent:
        again = receptionist.post("/api/appointments", body, headers=key)
        assert (again.status, again["id"]) == (201, first["id"])
    assert store_check.findings(server.database) == []
