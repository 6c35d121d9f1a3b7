"""The routes of the API as data: who may call each, and a body that it takes.

A path names things of the demo in braces; `Places` fills them in. A body is a table of fields, each
with a value that is right and what the field is; `bad_values` says what it may not be.
"""

import dataclasses

from clinic_server import DOCTOR, PASSWORD

TOO_LONG = "x" * 5000


@dataclasses.dataclass(frozen=True)
class Field:
    kind: str
    good: object
    required: bool = False
    bad: tuple = ()  # beside what no field of the kind may be
    nullable: bool = True  # null is as good as absent, or clears


@dataclasses.dataclass(frozen=True)
class Route:
    method: str
    path: str
    role: str | None  # who may call it; None: anyone
    fields: dict | None = None  # None: it takes no body
    body_is_optional: bool = False
    queries: tuple = ()  # (name, a value that is wrong)

    def __str__(self):
        return f"{self.method} {self.path}"

    def body(self):
        """A body that would be taken."""
        return {name: field.good for name, field in self.fields.items() if field.required}


NO_TIMES = ("yesterday", "", "2024-02-30T10:00", "2023-02-29T10:00", "2024-03-12 10:00",
            "2024-03-12T24:00", "2024-03-12T10:60", "2024-03-12T10:00:60", "2024-13-01T10:00",
            "2024-3-12T10:00", "10000-01-01T00:00", "0000-01-01T00:00", "-001-01-01T00:00",
            "2024-03-12T10:00+25:00", "2024-03-12T10:00:00.5", "2024-03-12", "20240312T1000",
            "99999999999999999999", "2024-03-12T10:00Z ", "２024-03-12T10:00")
NO_DATES = ("", "2024-02-30", "2024-13-01", "2024-1-1", "10000-01-01", "0000-01-01", "today",
            "2024-03-12T10:00", "12/03/2024")
NO_IDS = ("", "x", "550e8400e29b41d4a716446655440000", "{550e8400-e29b-41d4-a716-446655440000}",
          "550e8400-e29b-41d4-a716-44665544000", "550e8400-e29b-41d4-a716-4466554400000",
          "550e8400-e29b-41d4-a716-44665544000g")

# What a field of a kind may not be. Whole numbers are beyond the range of every integer field.
WRONG = {
    "string": (5, 1.5, True, [], {}, ["x"], {"x": 1}, TOO_LONG),
    "time": (5, 1.5, True, [], {}, *NO_TIMES, TOO_LONG),
    "date": (5, True, [], {}, *NO_DATES),
    "id": (5, True, [], {}, *NO_IDS),
    "integer": ("30", "", 1.5, 30.0, 1e300, True, [], {}, -1, 2**31, 2**63 - 1, 2**63, 2**64,
                -2**63, 10**30),
    "boolean": ("true", "", 0, 1, 1.0, [], {}),
    "dates": (5, "2024-03-12", True, {}, [5], [None], [["2024-03-12"]], ["2024-03-12"] * 1001,
              *([day] for day in NO_DATES)),
    "strings": (5, "x", True, {}, [5], [None], [""], ["x"] * 101, [TOO_LONG]),
    "preferences": (5, "x", True, [], {"email": 1}, {"sms": "yes"}, {"fax": True}),
    "recurring": (5, 1.5, [], {}, "", "sometimes", "FREQ=", "FREQ=DAILY;COUNT=0",
                  "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=99999999999999999999",
                  "FREQ=DAILY;UNTIL=20240230", "FREQ=DAILY;COUNT=1;UNTIL=20240401",
                  "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", TOO_LONG),
}


def bad_values(field):
    """Everything that the field is refused for."""
    yield from WRONG[field.kind]
    yield from field.bad
    if field.required or not field.nullable:
        yield None


MINUTES = Field("integer", 30, bad=(0, 1441))
REASON = Field("string", "Check-up")
HOURS = {
    "start_time": Field("time", "2024-03-09T10:00", required=True),
    "end_time": Field("time", "2024-03-09T12:00", required=True),
    "recurring": Field("recurring", True),
}
NAME = Field("string", "Ana Silva", required=True, bad=("", "  ", "a\nb", "a\x7fb"))
CHANGED_NAME = dataclasses.replace(NAME, required=False, nullable=False)
PHONE = Field("string", "+44 20 7946 0000", bad=("", "x" * 41))
BIRTH = Field("date", "1980-02-29", bad=("2999-01-01",))
ZONE = Field("string", "Europe/Paris", bad=("Mars/Olympus", "../../../etc/passwd", "/etc/passwd"))
CHANGED_ZONE = dataclasses.replace(ZONE, nullable=False)
CHANGED_MINUTES = dataclasses.replace(MINUTES, nullable=False)
BUFFER = Field("integer", 5, bad=(-1, 1441), nullable=False)
CURSORS = tuple(("cursor", wrong) for wrong in ("", "x", "eA", "=", "a" * 300, "%00", "é"))
LIMITS = tuple(("limit", wrong)
               for wrong in ("", "0", "-1", "501", "x", "1.5", "1e2", " 1", "9" * 30))
RANGES = tuple((name, wrong) for name in ("from", "to")
               for wrong in NO_TIMES if wrong != "2024-03-12")
LENGTHS = tuple(("duration_minutes", wrong) for wrong in ("0", "-5", "1441", "x", "9" * 30))
UNKNOWN = (("colour", "red"), ("", "x"))
ACTION = {"reason": Field("string", "Because")}

EMAIL = Field("string", "ana@example.org", required=True,
              bad=("", "x", "a@", "@b", "a b@c.d", "a@b@c", "a@" + "b" * 260))
NEW_PASSWORD = Field("string", PASSWORD, required=True, bad=("", "short", "password1"))
ROLE = Field("string", "doctor", required=True, bad=("", "king", "Admin", "admin "))

ROUTES = [
    Route("POST", "/api/auth/register", None, {
        "email": EMAIL, "password": NEW_PASSWORD,
        "full_name": NAME, "phone": PHONE, "date_of_birth": BIRTH, "timezone": ZONE}),
    Route("POST", "/api/auth/login", None, {
        "email": Field("string", "ana@example.org", required=True),
        "password": Field("string", PASSWORD, required=True)}),
    Route("POST", "/api/auth/logout", "patient"),
    Route("POST", "/api/auth/token", None),
    Route("GET", "/api/auth/me", "patient"),
    Route("POST", "/api/auth/password", "patient", {
        "current_password": Field("string", PASSWORD, required=True),
        "new_password": NEW_PASSWORD}),
    Route("GET", "/api/auth/sessions", "patient", queries=LIMITS + CURSORS + UNKNOWN),
    Route("DELETE", "/api/auth/sessions/{session}", "patient"),
    Route("POST", "/api/users", "admin", {
        "email": EMAIL, "password": NEW_PASSWORD, "full_name": NAME, "role": ROLE,
        "timezone": ZONE, "specialties": Field("strings", ["x"]), "bio": Field("string", "Hello."),
        "doctor_id": Field("id", DOCTOR), "patient_id": Field("id", "{patient}"), "phone": PHONE,
        "date_of_birth": BIRTH}),
    Route("GET", "/api/users", "admin", queries=LIMITS + CURSORS + UNKNOWN + (
        ("q", ""), ("q", "x" * 201), ("role", ""), ("role", "king"))),
    Route("GET", "/api/users/{account}", "admin"),
    Route("PATCH", "/api/users/{account}", "admin", {
        name: dataclasses.replace(field, required=False, nullable=False)
        for name, field in {"email": EMAIL, "password": NEW_PASSWORD, "full_name": NAME,
                            "role": ROLE, "disabled": Field("boolean", True)}.items()}),
    Route("GET", "/api/audit", "admin", queries=RANGES + LIMITS + CURSORS + UNKNOWN + (
        ("actor", ""), ("action", ""), ("subject", ""),
        *(("patient_id", wrong) for wrong in NO_IDS))),
    Route("GET", "/api/patients/me", "patient"),
    Route("PATCH", "/api/patients/me", "patient", {
        "full_name": CHANGED_NAME, "phone": PHONE, "date_of_birth": BIRTH,
        "timezone": CHANGED_ZONE,
        "notification_preferences": Field("preferences", {"email": True}, nullable=False)}),
    Route("GET", "/api/doctors", "patient",
          queries=LIMITS + CURSORS + UNKNOWN + (("q", ""), ("specialty", ""), ("q", "x" * 201))),
    Route("GET", "/api/specialties", "patient", queries=UNKNOWN),
    Route("GET", "/api/doctors/{doctor}", "patient"),
    Route("PATCH", "/api/doctors/{doctor}", "doctor", {
        "full_name": CHANGED_NAME, "timezone": CHANGED_ZONE,
        "specialties": Field("strings", ["x"], nullable=False),
        "default_duration_minutes": CHANGED_MINUTES, "slot_step_minutes": CHANGED_MINUTES,
        "buffer_before_minutes": BUFFER, "buffer_after_minutes": BUFFER,
        "bio": Field("string", "Hello.")}),
    Route("POST", "/api/doctors/availability", "doctor", HOURS),
    Route("POST", "/api/doctors/{doctor}/availability", "receptionist", {
        **HOURS, "exceptions": Field("dates", ["2024-03-16"])}),
    Route("GET", "/api/doctors/{doctor}/availability", "patient", queries=RANGES + UNKNOWN),
    Route("PUT", "/api/doctors/{doctor}/availability/{rule}", "doctor", HOURS),
    Route("DELETE", "/api/doctors/{doctor}/availability/{rule}", "doctor"),
    Route("POST", "/api/doctors/{doctor}/time-off", "doctor", {
        "start": Field("time", "2024-03-12T10:00", required=True),
        "end": Field("time", "2024-03-12T12:00", required=True), "reason": REASON}),
    Route("GET", "/api/doctors/{doctor}/time-off", "doctor", queries=UNKNOWN),
    Route("DELETE", "/api/doctors/{doctor}/time-off/{time_off}", "doctor"),
    Route("GET", "/api/doctors/{doctor}/slots", "patient",
          queries=RANGES + LIMITS + LENGTHS + UNKNOWN),
    Route("GET", "/api/slots", "patient",
          queries=LIMITS + LENGTHS + UNKNOWN + (("specialty", ""),)),
    Route("POST", "/api/appointments", "receptionist", {
        "doctor_id": Field("id", DOCTOR, required=True),
        "scheduled_time": Field("time", "2024-03-12T10:00", required=True),
        "reason": dataclasses.replace(REASON, required=True, bad=("", " \n ")),
        "patient_id": Field("id", "{patient}", required=True),
        "duration_minutes": MINUTES, "room_id": Field("id", "{room}"),
        "hold": Field("boolean", False), "hold_ttl_seconds": Field("integer", 1, bad=(0, 86401)),
        "override": Field("boolean", False)}),
    Route("GET", "/api/appointments", "patient", queries=RANGES + LIMITS + CURSORS + UNKNOWN + (
        ("status", "gone"), ("status", ""), *(("doctor_id", wrong) for wrong in NO_IDS),
        *(("patient_id", wrong) for wrong in NO_IDS))),
    Route("GET", "/api/appointments/{appointment}", "patient"),
    Route("GET", "/api/appointments/{appointment}/history", "patient"),
    Route("POST", "/api/appointments/{appointment}/reschedule", "patient", {
        "scheduled_time": Field("time", "2024-03-13T10:00", required=True),
        "doctor_id": Field("id", DOCTOR), "duration_minutes": MINUTES}),
    *(Route("POST", "/api/appointments/{appointment}/" + action, "receptionist", ACTION,
            body_is_optional=True)
      for action in ("confirm", "arrive", "check-in", "complete", "cancel", "no-show")),
]

WITH_BODY = [route for route in ROUTES if route.fields]
SIGNED_IN = [route for route in ROUTES if route.role]
WITH_QUERY = [route for route in ROUTES if route.queries]
WITH_PLACE = [route for route in ROUTES if "{" in route.path]


class Places:
    """What the braces in paths and bodies stand for, on one server."""

    def __init__(self, server):
        patient, doctor = server.sign_in("patient"), server.sign_in("doctor")
        [rule] = doctor.get(f"/api/doctors/{DOCTOR}/availability")["rules"]
        off = doctor.post("/api/doctors/me/time-off", {"start": "2024-03-14T10:00",
                                                       "end": "2024-03-14T11:00"})
        [session, *_] = doctor.get("/api/auth/sessions")["items"]
        self.names = {
            "session": session["id"], "account": doctor.get("/api/auth/me")["id"],
            "doctor": DOCTOR, "rule": rule["id"], "time_off": off["id"],
            "appointment": patient.book("2024-03-11T10:00")["id"],
            "patient": server.resource("Sam Rivera"), "room": server.resource("Room 1")}

    def fill(self, text, **others):
        for name, value in {**self.names, **others}.items():
            text = text.replace("{" + name + "}", value)
        return text

    def body(self, route):
        return {name: self.fill(value) if isinstance(value, str) else value
                for name, value in route.body().items()}
