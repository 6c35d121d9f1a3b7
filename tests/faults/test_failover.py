"""A primary with a synchronous standby: the primary is killed under load, the standby promoted, and the
servers follow by their connection string alone. No acknowledged booking is lost."""

import time

import pytest

import history_check
from cluster import Cluster, all_appointments, run_clients
from clinic_server import wait_until
from postgres import Postgres, reason_to_skip

pytestmark = pytest.mark.skipif(reason_to_skip() is not None, reason=str(reason_to_skip()))


@pytest.fixture
def pair():
    """A primary that acknowledges nothing which its standby has not on disk."""
    primary = Postgres().create().start()
    standby = Postgres().copy_of(primary).start()
    primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'", database="postgres")
    primary.sql("SELECT pg_reload_conf()", database="postgres")
    assert wait_until(lambda: primary.sql("SELECT sync_state FROM pg_stat_replication",
                                          database="postgres") == [["sync"]])
    yield primary, standby
    primary.remove()
    standby.remove()


@pytest.fixture
def cluster(pair, tmp_path):
    primary, standby = pair
    url = (f"postgresql://postgres@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/clinic"
           "?target_session_attrs=read-write")
    made = Cluster(tmp_path, url=url, postgres=primary)
    yield made.start()
    made.remove()


def test_no_acknowledged_booking_is_lost_when_the_standby_takes_over(cluster, pair):
    primary, standby = pair
    took_over = {}

    def fail_over():
        time.sleep(4)
        primary.kill()
        standby.promote()
        took_over["at"] = time.monotonic()
        time.sleep(10)

    history = run_clients(cluster, fail_over)
    final = all_appointments(cluster.client(0))
    assert history_check.findings(history, final) == []
    booked = [operation for operation in history if operation.status == 201]
    before = sum(operation.ended < took_over["at"] for operation in booked)
    assert before > 0 and len(booked) > before, (before, len(booked))
    first = min(operation.ended for operation in booked if operation.ended > took_over["at"])
    print(f"{before} booked before, {len(booked) - before} after; the first "
          f"{first - took_over['at']:.2f} s after the promotion")
