"""Decides from what clients were told whether a clinic kept its promises.

    findings(history, final)

`history` are the Operations of all clients (cluster.py), `final` every appointment as it stands in the
end. The check knows nothing of the server but what these say, and gives sentences; an empty list means
that nothing was found. It takes no word for it that two bookings may overlap: a run with `override`
is one that has to be found out.

An appointment takes its doctor and its patient from the moment when somebody is told so to the moment
when somebody asks to end that: *certainly*. It may take them from the moment when that is asked for to
the moment when the end is told of: *possibly*. What is certain must never meet; what a refusal gives as
its reason must have been possible. What was refused in the end may have had its time until then, on the
node that was deciding it, and stood in the way there and nowhere else.
"""

import collections
import dataclasses
import datetime

OCCUPYING = {"pending", "booked", "arrived", "checked-in", "fulfilled"}
ALWAYS = float("inf")
# Servers and clients read different clocks, and a hold ends on a whole second.
CLOCK_SECONDS = 2.0


@dataclasses.dataclass
class Claim:
    """One appointment's time, over the moments for which it has it."""

    id: str
    doctor: str
    patient: str
    start: float
    end: float
    possible_from: float
    possible_until: float = ALWAYS
    certain_from: float = ALWAYS
    certain_until: float = ALWAYS
    nodes: list | None = None  # where it may have stood in the way; None: anywhere
    asked_by: object = None  # the operation that was refused: nobody is in their own way

    def resources(self):
        return (self.doctor, self.patient)


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def findings(history, final):
    known = {appointment["id"]: appointment for appointment in final}
    changes = collections.defaultdict(list)
    for operation in history:
        if operation.kind != "book":
            changes[operation.asked["id"]].append(operation)
    claims = list(claims_of(history, changes, known))
    return [*overlaps(claims), *lost(history, changes, known), *keys(history, known),
            *unexplained(history, claims, changes), *overlaps_at_last(final),
            *unexpected(history)]


def claims_of(history, changes, known):
    """What each appointment had, as far as anybody can tell: the time it was booked at, and each one
    that it was moved to."""
    by_reason = {appointment["reason"]: identifier for identifier, appointment in known.items()}
    for booking in history:
        if booking.kind != "book":
            continue
        identifier = booking.answer.get("id") or by_reason.get(booking.asked["reason"])
        at = seconds(booking.asked["scheduled_time"])
        length = 60 * booking.asked["duration_minutes"]
        parties = {"doctor": booking.asked["doctor_id"], "patient": booking.asked["patient_id"]}
        first = Claim(identifier, **parties, start=at, end=at + length,
                      possible_from=booking.began)
        if booking.status == 201:
            first.certain_from = booking.ended
        elif refused(booking):
            first.possible_until, first.nodes = booking.ended, booking.nodes
            first.asked_by = booking
        steps = sorted(changes.get(identifier, ()), key=lambda step: step.began)
        if booking.asked.get("hold"):
            # Ends by itself, if nobody confirms it.
            confirmed = any(step.kind == "confirm" for step in steps)
            ttl = booking.asked["hold_ttl_seconds"]
            first.certain_until = booking.began + ttl - CLOCK_SECONDS
            if not confirmed and booking.ended is not None:
                first.possible_until = booking.ended + ttl + CLOCK_SECONDS
        yield from along(first, steps, length, parties)


def along(claim, steps, length, parties):
    """The claim, and those that follow it as the appointment is moved or ended."""
    for step in steps:
        if step.kind not in ("reschedule", "cancel"):
            continue
        if refused(step):
            if step.kind == "reschedule":
                at = seconds(step.asked["scheduled_time"])
                yield Claim(claim.id, **parties, start=at, end=at + length,
                            possible_from=step.began, possible_until=step.ended, nodes=step.nodes,
                            asked_by=step)
            continue
        claim.certain_until = min(claim.certain_until, step.began)
        if step.status == 200:
            claim.possible_until = min(claim.possible_until, step.ended)
        if step.kind == "cancel":
            continue
        at = seconds(step.asked["scheduled_time"])
        yield claim
        claim = Claim(claim.id, **parties, start=at, end=at + length, possible_from=step.began)
        if step.status == 200:
            claim.certain_from = step.ended
    yield claim


DEFINITE_REFUSALS = {400, 401, 403, 404, 409, 412, 422}


def refused(step):
    return step.status in DEFINITE_REFUSALS


def overlaps(claims):
    """No two had one resource's time for certain at one moment."""
    by_resource = collections.defaultdict(list)
    for claim in claims:
        if claim.certain_from < claim.certain_until:
            for resource in claim.resources():
                by_resource[resource].append(claim)
    for resource, mine in by_resource.items():
        mine.sort(key=lambda claim: claim.start)
        under_way = []
        for claim in mine:
            under_way = [other for other in under_way if other.end > claim.start]
            for other in under_way:
                together = max(claim.certain_from, other.certain_from) < min(
                    claim.certain_until, other.certain_until)
                if together and claim.id != other.id:
                    yield f"{claim.id} and {other.id} both had {resource} at {claim.start:.0f}"
            under_way.append(claim)


def overlaps_at_last(final):
    """As it stands in the end nothing overlaps either."""
    by_resource = collections.defaultdict(list)
    for appointment in final:
        if appointment["status"] in OCCUPYING:
            for party in ("doctor_id", "patient_id"):
                by_resource[appointment[party]].append(appointment)
    for resource, mine in by_resource.items():
        mine.sort(key=lambda appointment: seconds(appointment["scheduled_time"]))
        for before, after in zip(mine, mine[1:]):
            if seconds(before["end_time"]) > seconds(after["scheduled_time"]):
                yield f"in the end {before['id']} and {after['id']} both have {resource}"


def lost(history, changes, known):
    """What somebody was told is there, or has gone on since."""
    for operation in history:
        if operation.status not in (200, 201):
            continue
        told = operation.answer
        now = known.get(told["id"])
        if now is None:
            yield f"{told['id']} was acknowledged and is not there"
        elif now["version"] < told["version"]:
            yield f"{told['id']} was acknowledged at version {told['version']} and went back"
        elif now["version"] == told["version"] and not same(now, told):
            yield (f"{told['id']} was acknowledged as {told['status']} at"
                   f" {told['scheduled_time']}, and is something else")
        elif now["version"] > told["version"] + later(changes[told["id"]], operation):
            yield f"{told['id']} was changed more often than anybody asked"


def later(steps, operation):
    """How many changes may have come after: one for each other that may have been granted, and one
    for a hold that ran out."""
    return 1 + sum(step is not operation and not refused(step) for step in steps)


def same(now, told):
    return (now["status"] == told["status"]
            and seconds(now["scheduled_time"]) == seconds(told["scheduled_time"])
            and seconds(now["end_time"]) == seconds(told["end_time"]))


def keys(history, known):
    """Each key has one effect; a request that was refused has none."""
    made = collections.defaultdict(list)
    for identifier, appointment in known.items():
        made[appointment["reason"]].append(identifier)
    for operation in history:
        if operation.kind != "book":
            continue
        effects = made[operation.asked["key"]]
        if len(effects) > 1:
            yield f"the key {operation.asked['key']} booked {len(effects)} times"
        if operation.status == 201 and effects != [operation.answer["id"]]:
            yield f"the key {operation.asked['key']} was answered with another appointment"
        if refused(operation) and effects:
            yield f"the key {operation.asked['key']} was refused, and booked {effects[0]}"


def unexplained(history, claims, changes):
    """What a refusal names stood in the way, at some moment while it was being decided."""
    by_visit = collections.defaultdict(list)
    for claim in claims:
        for resource in claim.resources():
            by_visit[resource, claim.start, claim.end].append(claim)
    made = {booking.answer.get("id"): booking for booking in history if booking.kind == "book"}
    for operation in history:
        if operation.status != 409:
            continue
        code = operation.answer["code"]
        if code == "conflict":
            yield from unexplained_conflicts(operation, by_visit)
        elif code == "illegal_transition":
            states = possible_states(operation, made, changes)
            if all((operation.kind, state) in ALLOWED for state in states):
                yield (f"{operation.asked['id']}: {operation.kind} was refused, and it was"
                       f" {' or '.join(sorted(states))}")
        elif code != "idempotency_key_in_use":
            yield f"a refusal with the code {code}"


# What these clients ask for, from which state, and where it leads.
ALLOWED = {("confirm", "pending"): "booked", ("cancel", "pending"): "cancelled",
           ("reschedule", "pending"): "pending", ("check-in", "booked"): "checked-in",
           ("cancel", "booked"): "cancelled", ("reschedule", "booked"): "booked",
           ("cancel", "checked-in"): "cancelled"}


def possible_states(operation, made, changes):
    """The states that an appointment may have been in when `operation` was decided. One client alone
    changes it, one step after another, but nobody said what became of some."""
    identifier = operation.asked["id"]
    booking = made[identifier]
    states = {"pending" if booking.asked.get("hold") else "booked"}
    if "pending" in states and operation.ended > booking.began + booking.asked["hold_ttl_seconds"]:
        states.add("cancelled")
    for step in sorted(changes[identifier], key=lambda step: step.began):
        if step is operation:
            break
        after = {ALLOWED[step.kind, state] for state in states if (step.kind, state) in ALLOWED}
        if step.status == 200:
            states = after
        elif not refused(step):
            states |= after
    return states


def unexplained_conflicts(operation, by_visit):
    named = operation.answer.get("conflicts", [])
    if not named:
        yield f"a conflict without conflicts: {operation.asked}"
    at = seconds(operation.asked["scheduled_time"])
    for conflict in named:
        start, end = seconds(conflict["start"]), seconds(conflict["end"])
        if "duration_minutes" in operation.asked:
            length = 60 * operation.asked["duration_minutes"]
            if not (start < at + length and at < end):
                yield f"a conflict that is elsewhere: {conflict}"
        stood = any(claim.asked_by is not operation
                    and claim.possible_from <= operation.ended
                    and claim.possible_until >= operation.began - CLOCK_SECONDS
                    and (claim.nodes is None or set(claim.nodes) & set(operation.nodes))
                    for claim in by_visit[conflict["id"], start, end])
        if not stood:
            yield f"{conflict} stood in nobody's way, and was given as a reason"


def unexpected(history):
    """Answers that are neither yes nor one of the refusals that these requests may meet."""
    for operation in history:
        if operation.status not in (None, 200, 201, 409, 422, 503):
            yield f"{operation.kind} was answered {operation.status}: {operation.answer}"
