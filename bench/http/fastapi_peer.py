"""What one would write instead: the same booking with FastAPI and asyncpg, over the same PostgreSQL.

A signed-in caller books a doctor and a patient; the database refuses what overlaps. The appointment, its
audit entry and its event are one transaction. Run by bookings.py, which sets DATABASE_URL and SECRET.
"""

import os
import uuid
from datetime import datetime, timedelta

import asyncpg
import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel

SCHEMA = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE appointment (
  id uuid PRIMARY KEY, doctor_id uuid NOT NULL, patient_id uuid NOT NULL,
  during tstzrange NOT NULL, status text NOT NULL, reason text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  EXCLUDE USING gist (doctor_id WITH =, during WITH &&) WHERE (status = 'booked'),
  EXCLUDE USING gist (patient_id WITH =, during WITH &&) WHERE (status = 'booked'));
CREATE TABLE session (id uuid PRIMARY KEY, ended_at timestamptz);
CREATE TABLE audit (
  id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), actor text NOT NULL,
  action text NOT NULL, subject uuid NOT NULL);
CREATE TABLE outbox (
  id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), type text NOT NULL,
  subject uuid NOT NULL);
"""

SECRET = os.environ.get("SECRET", "")
app = FastAPI()


@app.on_event("startup")
async def connect():
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=16, max_size=16)


class NewAppointment(BaseModel):
    doctor_id: uuid.UUID
    patient_id: uuid.UUID
    scheduled_time: datetime
    duration_minutes: int = 30
    reason: str


async def caller(authorization: str = Header()):
    try:
        claims = jwt.decode(authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "sign in") from error
    # Who has signed out is out, whatever they have kept.
    if not await app.state.pool.fetchval(
            "SELECT EXISTS (SELECT FROM session WHERE id = $1 AND ended_at IS NULL)", claims["sid"]):
        raise HTTPException(401, "sign in")
    return claims


@app.post("/api/appointments", status_code=201)
async def book(wanted: NewAppointment, user: dict = Depends(caller)):
    made, end = uuid.uuid4(), wanted.scheduled_time + timedelta(minutes=wanted.duration_minutes)
    try:
        async with app.state.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO appointment (id, doctor_id, patient_id, during, status, reason)"
                " VALUES ($1, $2, $3, tstzrange($4, $5), 'booked', $6)",
                made, wanted.doctor_id, wanted.patient_id, wanted.scheduled_time, end,
                wanted.reason)
            await connection.execute(
                "INSERT INTO audit (actor, action, subject) VALUES ($1, 'appointment.book', $2)",
                user["sub"], made)
            await connection.execute(
                "INSERT INTO outbox (type, subject) VALUES ('appointment.booked', $1)", made)
    except asyncpg.ExclusionViolationError as error:
        raise HTTPException(409, "the time is taken") from error
    return {"id": made, "status": "booked", "end_time": end, **wanted.dict()}
