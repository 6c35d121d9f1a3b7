"""Tokens that the server did not make: signed with its own keys, or as an attacker would."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import time

from clinic_server import PROGRAM

NOW = 1709280040  # CLOCK_AFTER_SIGN_IN


def encode(data):
    raw = data if isinstance(data, bytes) else json.dumps(data, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts(token):
    """A token's head and claims."""
    head, claims, _ = token.split(".")
    return json.loads(decode(head)), json.loads(decode(claims))


def hmac_sha256(secret, text):
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()


class Keys:
    """A folder of keys, as `clinic keys` keeps it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def rotate(self, algorithm="ES256", age=0):
        """Adds a key that is so many seconds old; its file."""
        before = set(self.folder.glob("*")) if self.folder.exists() else set()
        subprocess.run([PROGRAM, "keys", "--keys", self.folder, "--rotate", "--algorithm",
                        algorithm], check=True, capture_output=True)
        [file] = set(self.folder.glob("*")) - before
        self.age(file, age)
        return file

    @staticmethod
    def age(file, seconds):
        os.utime(file, (time.time() - seconds,) * 2)


class Forge:
    """Signs as the server does, with the key in a file."""

    def __init__(self, file, algorithm):
        self.secret = file.read_bytes()
        self.kid = file.stem
        self.algorithm = algorithm

    def head(self, **changes):
        return {"alg": self.algorithm, "typ": "at+jwt", "kid": self.kid, **changes}

    def sign(self, text):
        if self.algorithm == "HS256":
            return hmac_sha256(self.secret, text)
        import jwt
        algorithm = jwt.get_algorithm_by_name(self.algorithm) if hasattr(
            jwt, "get_algorithm_by_name") else jwt.api_jws.PyJWS()._algorithms[self.algorithm]
        return algorithm.sign(text.encode(), algorithm.prepare_key(self.secret))

    def token(self, head, claims, sign=None):
        text = f"{encode(head)}.{encode(claims)}"
        return f"{text}.{encode((sign or self.sign)(text))}"
