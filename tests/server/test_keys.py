"""Keys in a folder: made, published, rotated and pruned while the server runs."""

import importlib.util
import os
import signal
import subprocess

import pytest

from clinic_server import CLOCK_AFTER_SIGN_IN, EMAILS, PASSWORD, PROGRAM, Server, wait_until
from token_forge import Keys, parts


def clinic(*arguments, **options):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          timeout=60, **options)


@pytest.fixture
def keys(tmp_path):
    return Keys(tmp_path / "keys")


@pytest.fixture
def start(template, tmp_path, keys):
    servers = []

    def start():
        (tmp_path / f"server{len(servers)}").mkdir()
        server = template.copy_to(tmp_path / f"server{len(servers)}")
        servers.append(server)
        return server.start("--keys", str(keys.folder), clock=CLOCK_AFTER_SIGN_IN)
    yield start
    for server in servers:
        assert server.is_alive(), server.stderr()
        server.kill()


def access_token(server):
    return server.log_in(EMAILS["patient"])["access_token"]


def kid(token):
    return parts(token)[0]["kid"]


def published(server):
    answer = server.client().get("/.well-known/jwks.json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert answer.headers["cache-control"] == "public, max-age=30"
    return {key["kid"]: key for key in answer["keys"]}


def reload(server, expected):
    """Has the folder read again, and waits until it was."""
    server.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: set(published(server)) == expected), published(server)


def is_good(server, token):
    return server.client(token).get("/api/auth/me").status == 200


# --- what is refused ---------------------------------------------------------------------------


def refused_start(folder, tmp_path):
    ended = clinic("serve", "--port", 0, "--database", "memory:", "--keys", folder, cwd=tmp_path)
    assert ended.returncode != 0 and ended.stdout == ""
    return ended


def test_a_server_without_a_good_key_does_not_start(keys, tmp_path):
    assert "cannot be read" in refused_start(tmp_path / "nowhere", tmp_path).stderr
    keys.folder.mkdir()
    ended = refused_start(keys.folder, tmp_path)
    assert ended.returncode == 2 and "there is no key" in ended.stderr
    file = keys.rotate()
    for mode in (0o640, 0o604, 0o660):
        file.chmod(mode)
        ended = refused_start(keys.folder, tmp_path)
        assert ended.returncode == 2
        assert str(file) in ended.stderr and "chmod 600" in ended.stderr
    file.chmod(0o600)
    keys.folder.chmod(0o777)
    assert "chmod go-w" in refused_start(keys.folder, tmp_path).stderr
    keys.folder.chmod(0o700)
    file.write_text("nonsense")
    assert str(file) in refused_start(keys.folder, tmp_path).stderr


@pytest.mark.parametrize("arguments", [
    ["keys"], ["keys", "--keys", "k", "--rotate", "--algorithm", "none"],
    ["keys", "--keys", "k", "--rotate", "--algorithm", "es256"]])
def test_the_command_refuses_what_makes_no_sense(tmp_path, arguments):
    ended = clinic(*arguments, cwd=tmp_path)
    assert ended.returncode == 2 and ended.stdout == "" and ended.stderr
    assert list(tmp_path.iterdir()) == []


# --- publishing --------------------------------------------------------------------------------


def test_public_keys_are_published_and_secret_ones_never(start, keys):
    secret = keys.rotate("HS256", age=3600)
    pairs = {keys.rotate(name, age=age).stem: name for name, age in (("ES256", 100), ("RS256", 90))}
    server = start()
    found = published(server)
    assert {name: key["alg"] for name, key in found.items()} == pairs
    for key in found.values():
        assert key["use"] == "sig"
        assert not set(key) & {"d", "p", "q", "dp", "dq", "qi", "k", "oth"}
    assert secret.stem not in server.client().get("/.well-known/jwks.json").body.decode()


def test_without_key_pairs_nothing_is_published(server):
    assert server.client().get("/.well-known/jwks.json").json == {"keys": []}


@pytest.mark.skipif(importlib.util.find_spec("jwt") is None, reason="python3-jwt is not installed")
@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_another_program_verifies_with_what_is_published(start, keys, algorithm):
    import jwt
    keys.rotate(algorithm)
    server = start()
    token = access_token(server)
    key = jwt.PyJWK(published(server)[jwt.get_unverified_header(token)["kid"]])
    claims = jwt.decode(token, key.key, algorithms=[algorithm], audience="clinic", issuer="clinic",
                        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False})
    assert claims["sub"] == server.client(token).get("/api/auth/me")["id"]


# --- rotation ----------------------------------------------------------------------------------


def test_a_key_is_rotated_without_a_restart_and_nobody_is_signed_out(start, keys):
    old = keys.rotate("ES256", age=3600)
    server = start()
    before = access_token(server)
    assert kid(before) == old.stem

    new = keys.rotate("RS256")
    reload(server, {old.stem, new.stem})
    assert kid(access_token(server)) == old.stem, "a new key is known before it signs"
    keys.age(new, 61)
    server.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: kid(access_token(server)) == new.stem)
    after = access_token(server)
    assert is_good(server, before) and is_good(server, after)

    old.unlink()
    reload(server, {new.stem})
    assert not is_good(server, before)
    assert is_good(server, after)


def test_the_folder_is_read_again_by_itself(start, keys):
    old = keys.rotate(age=3600)
    server = start()
    new = keys.rotate()
    assert wait_until(lambda: set(published(server)) == {old.stem, new.stem}, seconds=20)


def test_a_folder_that_breaks_leaves_the_keys_as_they_were(start, keys):
    file = keys.rotate(age=3600)
    server = start()
    token = access_token(server)
    broken = keys.folder / "broken.pem"
    broken.write_text("nonsense")
    broken.chmod(0o600)
    server.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: "the keys stay as they were" in server.stderr())
    assert str(broken) in server.stderr()
    assert is_good(server, token) and is_good(server, access_token(server))
    os.rename(keys.folder, keys.folder.with_name("gone"))
    server.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: "cannot be read" in server.stderr())
    assert is_good(server, token)
    assert set(published(server)) == {file.stem}


def test_what_one_server_signed_another_with_the_same_folder_takes(start, keys):
    keys.rotate(age=3600)
    first, second = start(), start()
    # Both have the template's data, and its session of the patient with it.
    token = access_token(first)
    [session] = [one for one in first.client(token).get("/api/auth/sessions")["items"]
                 if not one["current"]][:1]
    head, claims = parts(token)
    from token_forge import Forge
    [file] = keys.folder.iterdir()
    shared = Forge(file, "ES256") if importlib.util.find_spec("jwt") else None
    if shared is None:
        pytest.skip("python3-jwt is not installed")
    forged = shared.token(head, {**claims, "sid": session["id"]})
    assert is_good(first, forged) and is_good(second, forged)


def test_keys_are_listed_and_pruned(keys):
    old = keys.rotate("HS256", age=7200)
    new = keys.rotate("ES256")
    listed = clinic("keys", "--keys", keys.folder).stdout.splitlines()
    assert [line.split()[0] for line in listed] == [old.stem, new.stem]
    assert [line.endswith("signs") for line in listed] == [True, False]
    keys.age(new, 15 * 60)
    assert "none to delete" in clinic("keys", "--keys", keys.folder, "--prune").stderr
    keys.age(new, 18 * 60)
    assert old.stem in clinic("keys", "--keys", keys.folder, "--prune").stderr
    assert set(keys.folder.iterdir()) == {new}
    assert new.stat().st_mode & 0o777 == 0o600
    assert keys.folder.stat().st_mode & 0o777 == 0o700


# --- the first admin ---------------------------------------------------------------------------


def test_a_clinic_gets_its_first_admin_from_the_command_line(tmp_path):
    server = Server(tmp_path)
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")

    def add(email, *arguments, password=secret):
        return clinic("add-user", "--email", email, "--full-name", "Ada Lovelace",
                      "--password-file", password, "--database", server.url, *arguments)

    for wrong, code in ((["--role", "king"], 2), (["--timezone", "Mars/Olympus"], 2)):
        assert add("ada@example.org", *wrong).returncode == code
    for email in ("", "ada", "a b@c.d"):
        assert add(email).returncode == 2
    assert add("ada@example.org", password=tmp_path / "nowhere").returncode == 4
    weak = tmp_path / "weak"
    weak.write_text("password")
    refused = add("ada@example.org", password=weak)
    assert refused.returncode == 2 and "guessed first" in refused.stderr

    made = add("Ada@example.org")
    assert (made.returncode, made.stderr) == (0, "")
    again = add("ada@example.org")
    assert again.returncode == 1 and "has an account already" in again.stderr
    doctor = add("doc@example.org", "--role", "doctor", "--timezone", "Europe/Paris")
    assert doctor.returncode == 0

    server.start(clock=None)
    admin = server.client(server.log_in("ada@example.org")["access_token"])
    assert admin.get("/api/auth/me")["id"] == made.stdout.strip()
    assert [one["email"] for one in admin.get("/api/users")["items"]] == ["ada@example.org",
                                                                           "doc@example.org"]
    # A running server knows who is added beside it.
    assert add("reception@example.org", "--role", "receptionist").returncode == 0
    assert server.log_in("reception@example.org").status == 200
    created = admin.get("/api/audit", action="account.create")["items"]
    assert {entry["actor"] for entry in created} == {"clinic add-user"}
    server.kill()
