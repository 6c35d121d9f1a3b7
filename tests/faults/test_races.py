"""Sixty-four clients want one time, a hundred times over: one gets it, and the store agrees."""

import collections
import datetime
import os
import threading
import time

import pytest

import clinic_server
import store_check
from clinic_server import DOCTOR, booking

CLIENTS = 64
ROUNDS = int(os.environ.get("CLINIC_RACE_ROUNDS", "100"))
PEOPLE = int(os.environ.get("CLINIC_RACE_PEOPLE", "64"))


def times(count):
    """As many half hours of the doctor's working days, from Monday the 11th of March on."""
    day = datetime.datetime(2024, 3, 11, 9)
    while True:
        for number in range(16):
            if day.weekday() < 5:
                yield (day + datetime.timedelta(minutes=30 * number)).isoformat()
                count -= 1
                if count == 0:
                    return
        day += datetime.timedelta(days=1)


class Racers:
    """Clients on connections of their own, let go at one instant, over and over."""

    def __init__(self, clients):
        self.clients = clients

    def run(self, rounds):
        """Calls rounds[r](n, client) for every round r and client n; gives the answers by round."""
        barrier = threading.Barrier(len(self.clients))
        answers = [[None] * len(self.clients) for _ in rounds]
        lost = []

        def race(number):
            try:
                for turn, act in enumerate(rounds):
                    barrier.wait(60)
                    answers[turn][number] = act(number, self.clients[number])
            except Exception as error:  # whatever it is, the test fails by it
                lost.append((number, error))
                barrier.abort()

        threads = [threading.Thread(target=race, args=(n,)) for n in range(len(self.clients))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not lost, lost
        return answers


@pytest.fixture(scope="module")
def crowd(template, tmp_path_factory):
    """A stopped server with sixty-four more patients, each signed in: their tokens and ids. Their
    passwords take a while, so it is done once, and several at a time."""
    server = template.copy_to(tmp_path_factory.mktemp("crowd"))
    server.start(clock=clinic_server.CLOCK_AFTER_SIGN_IN)
    made = [None] * PEOPLE

    def register(first):
        for number in range(first, PEOPLE, 4):
            client, patient_id = server.register(f"racer-{number}")
            made[number] = client.token, patient_id

    threads = [threading.Thread(target=register, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.stop() == 0
    return server, made


@pytest.fixture
def server(crowd, tmp_path):
    running = crowd[0].copy_to(tmp_path)
    running.start(clock="2024-03-01T08:03:00Z")
    yield running
    running.kill()


@pytest.fixture
def patients(crowd, server):
    """The sixty-four: a client, and the patient's id."""
    return [(server.client(token), patient_id) for token, patient_id in crowd[1]]


def assert_one_winner_each(server, answers, wanted):
    for when, round_ in zip(wanted, answers):
        count = collections.Counter(answer.status for answer in round_)
        assert count == {201: 1, 409: len(round_) - 1}, (when, count, round_[:3])
        for answer in round_:
            if answer.status == 409:
                assert answer["code"] == "conflict", answer
    assert store_check.findings(server.database) == []
    winners = [answer.json for round_ in answers for answer in round_ if answer.status == 201]
    assert store_check.missing(server.database, winners) == []
    rows = server.rows(
        "SELECT a.starts_at, count(*) FROM allocation a JOIN resource r ON r.id = a.resource"
        " WHERE r.name = 'Dr. Ada Quinn' AND a.occupies = 1 GROUP BY a.starts_at")
    taken = dict(rows)
    for when in wanted:
        start = datetime.datetime.fromisoformat(when).replace(tzinfo=datetime.timezone.utc)
        assert taken[int(start.timestamp())] == 1, when


def test_of_64_patients_who_book_one_time_one_gets_it_a_hundred_times_over(server, patients):
    wanted = list(times(ROUNDS))
    racers = Racers([client for client, _ in patients])
    answers = racers.run([lambda _, client, when=when: client.book(f"{when}+00:00")
                          for when in wanted])
    assert_one_winner_each(server, answers, wanted)


def test_of_64_desks_that_book_one_time_for_64_patients_one_gets_it(server, patients):
    token = server.sign_in("receptionist").token
    racers = Racers([server.client(token) for _ in patients])
    wanted = list(times(20))
    answers = racers.run([
        lambda n, client, when=when: client.book(f"{when}+00:00", patient_id=patients[n][1])
        for when in wanted])
    assert_one_winner_each(server, answers, wanted)


def test_of_64_holds_on_one_time_one_is_given_and_one_confirmation_of_it_counts(server, patients):
    racers = Racers([client for client, _ in patients])
    when = "2024-03-12T10:00"
    [holds] = racers.run([lambda _, client: client.book(when, hold=True)])
    [held] = [answer.json for answer in holds if answer.status == 201]
    [winner] = [n for n, answer in enumerate(holds) if answer.status == 201]
    same = Racers([server.client(patients[winner][0].token) for _ in range(CLIENTS)])
    confirm = f"/api/appointments/{held['id']}/confirm"
    [confirmed] = same.run([lambda _, client: client.post(confirm)])
    assert collections.Counter(answer.status for answer in confirmed) == {200: 1, 409: CLIENTS - 1}
    assert store_check.findings(server.database) == []


def test_of_64_appointments_that_move_to_one_time_one_does_and_the_rest_stay(server, patients):
    okafor = server.resource("Dr. Chidi Okafor")
    there = list(times(len(patients)))
    booked = [client.post("/api/appointments",
                          booking(f"{when}+00:00", doctor_id=okafor)).json
              for (client, _), when in zip(patients, there)]
    racers = Racers([client for client, _ in patients])
    to = {"scheduled_time": "2024-04-02T10:00", "doctor_id": DOCTOR}
    [moved] = racers.run([lambda n, client: client.post(
        f"/api/appointments/{booked[n]['id']}/reschedule", to)])
    assert collections.Counter(answer.status for answer in moved) == {
        200: 1, 409: len(patients) - 1}
    for n, answer in enumerate(moved):
        now = patients[n][0].get(f"/api/appointments/{booked[n]['id']}").json
        assert now == (answer.json if answer.status == 200 else booked[n])
    assert store_check.findings(server.database) == []


def test_two_patients_who_want_each_others_times_never_share_one(server, patients):
    """Swapping is refused or done; no order of the two leaves both at one time."""
    clients = [client for client, _ in patients[:2]]
    at = ["2024-03-12T10:00", "2024-03-12T11:00"]
    booked = [client.book(when).json for client, when in zip(clients, at)]
    for _ in range(20):
        Racers(clients).run([lambda n, client: client.post(
            f"/api/appointments/{booked[n]['id']}/reschedule", {"scheduled_time": at[1 - n]})])
        now = [client.get(f"/api/appointments/{one['id']}")["scheduled_time"]
               for client, one in zip(clients, booked)]
        assert now[0] != now[1]
    assert store_check.findings(server.database) == []


def test_a_time_whose_hold_runs_out_under_64_clients_goes_to_one_of_them(server, patients):
    when = "2024-03-12T10:00"
    holder = server.sign_in("patient")
    assert holder.book(when, hold=True, hold_ttl_seconds=2).status == 201

    def try_again(_, client):
        time.sleep(0.1)
        return client.book(when)

    answers = Racers([client for client, _ in patients]).run([try_again] * 40)
    counts = [collections.Counter(answer.status for answer in round_) for round_ in answers]
    assert counts[0] == {409: len(patients)}  # held
    assert sum(counts, collections.Counter()) == {201: 1, 409: 40 * len(patients) - 1}
    assert store_check.findings(server.database) == []


def test_of_64_who_sign_in_at_once_each_gets_in_or_is_asked_to_wait(server):
    clients = [server.client() for _ in range(CLIENTS)]
    person = {"email": "racer-1@example.org", "password": clinic_server.PASSWORD}
    [answers] = Racers(clients).run([lambda _, client: client.post("/api/auth/login", person)])
    tokens = {answer["access_token"] for answer in answers if answer.status == 200}
    assert len(tokens) == sum(answer.status == 200 for answer in answers) > 0
    for answer in answers:
        if answer.status != 200:
            clinic_server.assert_problem(answer, 503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0
    assert server.client().get("/livez").status == 200


def test_no_request_that_begins_after_a_logout_gets_in(server):
    for _ in range(10):
        token = server.log_in("racer-1@example.org")["access_token"]
        clients = [server.client(token) for _ in range(16)]
        left = threading.Event()

        def ask(number, client):
            """The first one leaves; the others ask until some time after that."""
            if number == 0:
                time.sleep(0.02)
                assert client.post("/api/auth/logout").status == 204
                left.set()
                return []
            seen = []
            while not seen or not seen[-1][0]:
                begun_after = left.is_set()
                seen.append((begun_after, client.get("/api/auth/me").status))
            return seen

        [seen] = Racers(clients).run([ask])
        late = [status for one in seen for begun_after, status in one if begun_after]
        assert set(late) == {401}
        assert {status for one in seen for _, status in one} <= {200, 401}
