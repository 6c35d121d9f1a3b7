"""Clients that book, hold, move, confirm and cancel until the server goes away, and keep what they
were told."""

import http.client
import random
import threading

from clinic_server import DOCTOR, booking, wait_until

GONE = (http.client.HTTPException, OSError)


class Worker(threading.Thread):
    """One client. `acknowledged` is every appointment as a 2xx answer gave it; `unknown` counts the
    requests whose answer never came."""

    def __init__(self, client, doctors, seed, patient_id):
        super().__init__()
        self.client = client
        self.doctors = doctors
        self.draw = random.Random(seed)
        self.patient_id = patient_id
        self.mine = []
        self.acknowledged = []
        self.refused = 0
        self.unknown = 0
        self.wrong = []
        self.stopped = False

    def stop(self):
        self.stopped = True

    def run(self):
        try:
            while not self.stopped:
                self.step()
        except GONE:
            self.unknown += 1
        finally:
            self.client.close()

    def step(self):
        chosen = self.draw.random()
        if chosen < 0.55 or not self.mine:
            answer = self.client.post(
                "/api/appointments",
                booking(self.time(), doctor_id=self.draw.choice(self.doctors),
                        patient_id=self.patient_id, hold=chosen < 0.15),
                headers={"Idempotency-Key": f"{self.draw.getrandbits(64):x}"})
        else:
            path = f"/api/appointments/{self.draw.choice(self.mine)}"
            if chosen < 0.75:
                answer = self.client.post(f"{path}/reschedule", {"scheduled_time": self.time()})
            elif chosen < 0.85:
                answer = self.client.post(f"{path}/confirm")
            else:
                answer = self.client.post(f"{path}/cancel", {"reason": "load"})
        self.note(answer)

    def note(self, answer):
        if answer.status in (200, 201):
            self.acknowledged.append(answer.json)
            if answer.status == 201:
                self.mine.append(answer["id"])
        elif answer.status in (409, 412, 422):
            self.refused += 1
        else:
            self.wrong.append(answer)

    def time(self):
        """A start in a few weeks that are narrow enough for clients to get in each other's way."""
        week = self.draw.choice(("11", "12", "13", "14", "15", "18", "19", "20", "21", "22"))
        minute = self.draw.randrange(0, 470, 5)
        return f"2024-03-{week}T{9 + minute // 60:02}:{minute % 60:02}:00Z"


class Load:
    """Several workers at once, as the desk and on behalf of several patients."""

    def __init__(self, server, seed, workers=6):
        token = server.sign_in("receptionist").token
        doctors = [DOCTOR, server.resource("Dr. Chidi Okafor"),
                   server.resource("Dr. Maja Lindqvist")]
        patients = [server.resource(name) for name in ("Sam Rivera", "Noor Haddad", "Tom Becker")]
        self.workers = [Worker(server.client(token), doctors, seed * 1000 + number,
                               patients[number % len(patients)])
                        for number in range(workers)]

    def start(self):
        for worker in self.workers:
            worker.start()

    def is_under_way(self):
        """Waits until something was acknowledged, so that there is something to lose."""
        return wait_until(lambda: any(worker.acknowledged for worker in self.workers))

    def join(self):
        for worker in self.workers:
            worker.join(60)
            assert not worker.is_alive(), "a client still waits for an answer"

    @property
    def acknowledged(self):
        return [told for worker in self.workers for told in worker.acknowledged]

    @property
    def wrong(self):
        return [answer for worker in self.workers for answer in worker.wrong]

    @property
    def unknown(self):
        return sum(worker.unknown for worker in self.workers)
