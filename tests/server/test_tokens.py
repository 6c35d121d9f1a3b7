"""What is not a token of the server's is none: for each algorithm, everything that attackers of JWTs
have tried (RFC 8725). All of it is answered with 401, and nothing that a token names is fetched."""

import importlib.util
import random
import socket
import string
import threading

import pytest

from clinic_server import CLOCK_AFTER_SIGN_IN, EMAILS
from token_forge import Forge, Keys, NOW, encode, hmac_sha256, parts

needs_jwt = pytest.mark.skipif(importlib.util.find_spec("jwt") is None,
                               reason="python3-jwt is not installed")
ALGORITHMS = ["HS256", pytest.param("ES256", marks=needs_jwt),
              pytest.param("RS256", marks=needs_jwt)]
OTHER = {"HS256": "RS256", "ES256": "HS256", "RS256": "HS256"}


class Listener:
    """Counts who connects."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/jwks.json"

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()


class Case:
    def __init__(self, server, forge):
        self.server = server
        self.forge = forge
        self.good = server.log_in(EMAILS["patient"])["access_token"]
        self.head, self.claims = parts(self.good)
        self.client = server.client()

    def status(self, token):
        return self.client.request("GET", "/api/auth/me", token=token).status

    def forged(self, head=None, sign=None, without=(), **claims):
        head = self.forge.head() if head is None else head
        said = {**self.claims, **claims}
        return self.forge.token(head, {name: value for name, value in said.items()
                                       if name not in without}, sign)


@pytest.fixture(scope="module", params=ALGORITHMS)
def case(request, template, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    keys = Keys(folder / "keys")
    file = keys.rotate(request.param, age=3600)
    server = template.copy_to(folder)
    server.start("--keys", str(keys.folder), clock=CLOCK_AFTER_SIGN_IN)
    case = Case(server, Forge(file, request.param))
    yield case
    assert server.is_alive(), server.stderr()
    server.kill()


@pytest.fixture(autouse=True)
def the_good_one_stays_good(case):
    """So that what is refused is refused for what is wrong with it."""
    assert case.head == case.forge.head()
    assert case.status(case.forged()) == 200
    yield
    assert case.status(case.good) == 200


def test_no_algorithm(case):
    for name in ("none", "None", "NONE", "nOnE", ""):
        token = case.forged(case.forge.head(alg=name), sign=lambda _: b"")
        assert case.status(token) == 401
        assert case.status(token.rstrip(".")) == 401
    assert case.status(case.forged(sign=lambda _: b"")) == 401


def test_another_algorithm_than_the_keys(case):
    for name in {"HS256", "HS384", "ES256", "ES384", "RS256", "PS256", "EdDSA", "hs256"}:
        if name != case.forge.algorithm:
            assert case.status(case.forged(case.forge.head(alg=name))) == 401, name
    assert case.status(case.forged({"typ": "at+jwt", "kid": case.forge.kid})) == 401


def test_an_hmac_with_the_text_of_a_public_key(case):
    if case.forge.algorithm == "HS256":
        secrets = [b"", b"\0" * 32, case.forge.kid.encode()]
    else:
        from cryptography.hazmat.primitives import serialization
        private = serialization.load_pem_private_key(case.forge.secret, None)
        public = private.public_key()
        pem = public.public_bytes(serialization.Encoding.PEM,
                                  serialization.PublicFormat.SubjectPublicKeyInfo)
        der = public.public_bytes(serialization.Encoding.DER,
                                  serialization.PublicFormat.SubjectPublicKeyInfo)
        secrets = [pem, pem.strip(), der, case.forge.secret, b""]
    for secret in secrets:
        for head in (case.forge.head(alg="HS256"), case.forge.head()):
            token = case.forged(head, sign=lambda text, secret=secret: hmac_sha256(secret, text))
            assert case.status(token) == 401


def test_a_foreign_key(case, tmp_path):
    file = Keys(tmp_path / "keys").rotate(case.forge.algorithm)
    foreign = Forge(file, case.forge.algorithm)
    for kid in (foreign.kid, case.forge.kid, "", "1", "../../etc/passwd", "/dev/null",
                "' OR 1=1 --", case.forge.kid + "\u0000", None, 1, ["1"]):
        assert case.status(case.forged(case.forge.head(kid=kid), sign=foreign.sign)) == 401
    assert case.status(case.forged({"alg": case.forge.algorithm, "typ": "at+jwt"})) == 401


def test_keys_that_the_head_brings_are_neither_fetched_nor_used(case, tmp_path):
    file = Keys(tmp_path / "keys").rotate(case.forge.algorithm)
    foreign = Forge(file, case.forge.algorithm)
    listener = Listener()
    jwk = {"kty": "oct", "k": encode(foreign.secret), "kid": "mine"}
    for extra in ({"jku": listener.url}, {"x5u": listener.url}, {"jwk": jwk}, {"x5c": ["MIIB"]},
                  {"crit": ["b64"], "b64": False}, {"zip": "DEF"}, {"iss": listener.url}):
        for sign in (foreign.sign, case.forge.sign):
            assert case.status(case.forged(case.forge.head(**extra), sign=sign)) == 401
            head = {**case.forge.head(kid=listener.url), **extra}
            assert case.status(case.forged(head, sign=sign)) == 401
    for claim in ({"iss": listener.url}, {"jku": listener.url, "iss": "x"}):
        assert case.status(case.forged(**claim)) == 401
    assert listener.connections == 0
    listener.socket.close()


@pytest.mark.parametrize("claims", [
    {"exp": NOW - 3600}, {"exp": NOW - 1}, {"exp": 0}, {"exp": -1}, {"exp": "9999999999"},
    {"exp": 1e300}, {"exp": None}, {"exp": 2**63}, {"nbf": NOW + 3600}, {"nbf": "0"},
    {"iat": None}, {"aud": "other"}, {"aud": ["clinic"]}, {"aud": ""}, {"iss": "other"},
    {"iss": None}, {"sub": "00000000-0000-7000-8000-000000000001"}, {"sub": "1"}, {"sub": None},
    {"sid": "00000000-0000-7000-8000-000000000001"}, {"sid": 1}, {"jti": ""}, {"role": 1},
], ids=str)
def test_claims_that_are_not_good_now_and_here(case, claims):
    assert case.status(case.forged(**claims)) == 401


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "sid", "role", "jti", "iat", "nbf", "exp"])
def test_a_claim_that_is_missing(case, name):
    assert case.status(case.forged(without=[name])) == 401


def test_the_role_that_a_token_says_counts_for_nothing(case):
    admin = case.server.client(case.forged(role="admin"))
    assert admin.get("/api/auth/me")["role"] == "patient"
    assert admin.get("/api/users").status == 403


def test_another_type(case):
    for kind in ("JWT", "jwt", "at+JWT", "application/at+jwt", "logout+jwt", "", None):
        assert case.status(case.forged(case.forge.head(typ=kind))) == 401
    assert case.status(case.forged({"alg": case.forge.algorithm, "kid": case.forge.kid})) == 401


def test_the_same_head_written_otherwise(case):
    """Nothing that two programs could read in two ways."""
    import json
    alg, kid = case.forge.algorithm, case.forge.kid
    for text in (json.dumps(case.forge.head()), json.dumps(case.forge.head(), indent=1),
                 f'{{"typ":"at+jwt","alg":"{alg}","kid":"{kid}"}}',
                 f'{{"alg":"none","alg":"{alg}","typ":"at+jwt","kid":"{kid}"}}'):
        signed = f"{encode(text.encode())}.{encode(case.claims)}"
        assert case.status(f"{signed}.{encode(case.forge.sign(signed))}") == 401
    head, claims, signature = case.good.split(".")
    for token in (f"{head}=.{claims}.{signature}", f"{head}.{claims}=.{signature}",
                  f"{head}.{claims}.{signature}=", f"{head}.{claims}.{signature}.",
                  f".{head}.{claims}.{signature}", f"{head}.{claims}.{signature}.{signature}"):
        assert case.status(token) == 401


def test_a_part_of_a_token(case):
    for length in {*range(0, len(case.good), 9), len(case.good) - 1}:
        if length:
            assert case.status(case.good[:length]) == 401
        if length < len(case.good) - 1:
            assert case.status(case.good[length + 1:]) == 401


def test_a_token_of_a_megabyte(case):
    head, claims, signature = case.good.split(".")
    for token in ("A" * (1 << 20), f"{head}.{claims * 5000}.{signature}", "." * (1 << 20),
                  f"{head}.{encode({**case.claims, 'x': 'x' * (1 << 20)})}.{signature}"):
        client = case.server.client()
        assert client.request("GET", "/api/auth/me", token=token).status == 401
    # Short enough for the front, and too long for a token.
    assert case.status("A" * 4097) == 401
    assert case.status(case.forged(padding="x" * 3000)) == 401


def test_a_thousand_mutations(case):
    dice = random.Random(2026)
    letters = string.ascii_letters + string.digits + "-_."
    for number in range(1000):
        bad = case.good
        while bad == case.good:
            at = dice.randrange(len(bad))
            kind = dice.randrange(4)
            if kind == 0:
                bad = bad[:at] + dice.choice(letters) + bad[at + 1:]
            elif kind == 1:
                bad = bad[:at] + bad[at + dice.randint(1, 3):]
            elif kind == 2:
                bad = bad[:at] + dice.choice(letters) + bad[at:]
            else:
                to = dice.randrange(len(bad))
                swapped = list(bad)
                swapped[at], swapped[to] = swapped[to], swapped[at]
                bad = "".join(swapped)
        assert case.status(bad) == 401, (number, bad)


def test_a_refresh_token_is_no_access_token(case):
    assert case.status(case.server.log_in(EMAILS["patient"])["refresh_token"]) == 401
