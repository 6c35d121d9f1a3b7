"""SIGTERM in the middle of bookings: whatever was done was answered, and nothing is lost."""

import pytest

import store_check
from booking_load import Load


@pytest.mark.parametrize("seed", range(5))
def test_a_server_that_is_told_to_stop_answers_for_all_that_it_did(server, seed):
    [(before,)] = server.rows("SELECT count(*) FROM transition")
    load = Load(server, seed, workers=16)
    load.start()
    assert load.is_under_way()
    assert server.stop() == 0, server.stderr()
    load.join()
    assert load.wrong == []
    [(after,)] = server.rows("SELECT count(*) FROM transition")
    assert after - before == len(load.acknowledged)
    assert store_check.missing(server.database, load.acknowledged) == []
    assert store_check.findings(server.database) == []
