"""A server on which every operation of the description has something to be called on: things that
belong to the demo's patient and the demo's doctor."""

import urllib.parse

from clinic_server import DOCTOR, EMAILS
from openapi import FORM, JSON

# What has to be done to an appointment before the operation can be called on it.
BEFORE = {"complete": ["check-in"]}
HELD = ("confirm",)

# To whom of the demo's people a thing belongs, by the path parameter that stands for it.
OWNERS = {"AppointmentId": {"patient", "doctor"}, "SessionId": {"patient"}, "DoctorId": {"doctor"}}


class World:
    def __init__(self, server):
        self.server = server

    def things(self, operation):
        """New ones, by the names of the document's path parameters that stand for them."""
        wanted = {name for name, _ in operation.parameters("path")}
        makers = {"DoctorId": lambda: DOCTOR, "AppointmentId": lambda: self.appointment(operation),
                  "RuleId": self.rule, "TimeOffId": self.time_off, "File": lambda: "swagger-ui.css",
                  "SessionId": self.session, "UserId": self.account}
        return {name: makers[name]() for name in wanted}

    def appointment(self, operation):
        """The patient's, with the doctor."""
        patient = self.server.sign_in("patient")
        slots = patient.get(f"/api/doctors/{DOCTOR}/slots", from_="2024-03-12", limit=1)
        booked = patient.book(slots["items"][0]["start"], hold=operation.id in HELD)
        assert booked.status == 201, booked
        desk = self.server.sign_in("receptionist")
        for action in BEFORE.get(operation.id, ()):
            assert desk.post(f"/api/appointments/{booked['id']}/{action}").status == 200
        return booked["id"]

    def session(self):
        """One in which the patient is signed in beside the one of the tests."""
        token = self.server.log_in(EMAILS["patient"])["access_token"]
        sessions = self.server.client(token).get("/api/auth/sessions")["items"]
        return next(session["id"] for session in sessions if session["current"])

    def account(self):
        """The patient's."""
        return self.server.sign_in("patient").get("/api/auth/me")["id"]

    def body(self, value):
        """The body, with a refresh token that is good in place of the one that is shown."""
        if not isinstance(value, dict) or "refresh_token" not in value:
            return value
        return {**value, "refresh_token": self.server.log_in(EMAILS["patient"])["refresh_token"]}

    def rule(self):
        doctor = self.server.sign_in("doctor")
        return doctor.post("/api/doctors/availability", {
            "start_time": "2024-03-16T09:00", "end_time": "2024-03-16T12:00"})["id"]

    def time_off(self):
        doctor = self.server.sign_in("doctor")
        return doctor.post("/api/doctors/me/time-off", {
            "start": "2024-03-20T10:00", "end": "2024-03-20T11:00"})["id"]


def owners(operation):
    """Whose things the operation is called on: those of an appointment where nothing else is said."""
    named = [OWNERS[name] for name, _ in operation.parameters("path") if name in OWNERS]
    return named[0] if named else OWNERS["AppointmentId"]


def target(operation, things, *, query=False):
    """The path with the things in it, and with the parameters of the query that the document shows."""
    path = operation.path
    for name, parameter in operation.parameters("path"):
        path = path.replace("{" + parameter["name"] + "}", things[name])
    pairs = [(parameter["name"], parameter["example"])
             for _, parameter in operation.parameters("query")
             if "example" in parameter and (query or parameter.get("required"))]
    return path + ("?" + urllib.parse.urlencode(pairs) if pairs else "")


def send(client, operation, path, body, headers=None):
    """Sends a body as the operation takes it."""
    if body is not None and operation.media_type == FORM:
        raw = urllib.parse.urlencode(body).encode()
        return client.request(operation.method, path, raw=raw,
                              headers={"Content-Type": FORM, **(headers or {})})
    assert operation.media_type in (JSON, None)
    return client.request(operation.method, path, body, headers=headers)
