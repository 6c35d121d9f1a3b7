"""OAuth2 as a client library from npm speaks it: simple-oauth2."""

import json
import pathlib

import pytest

import npm_tools
from clinic_server import EMAILS, PASSWORD

SCRIPT = pathlib.Path(__file__).parent / "oauth_client.js"


@pytest.mark.parametrize("client_credentials_in", ["header", "body"])
def test_a_client_library_fetches_and_refreshes_tokens(server, client_credentials_in):
    modules = npm_tools.installed("simple-oauth2@5.1.0")
    done = npm_tools.run_node(SCRIPT, modules, f"http://127.0.0.1:{server.port}", EMAILS["patient"],
                              PASSWORD, client_credentials_in)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen == {
        "signedInAs": EMAILS["patient"], "expiresIn": seen["expiresIn"], "allDiffer": True,
        "wrongPassword": {"status": 400, "error": "invalid_grant"},
        "reused": {"status": 400, "error": "invalid_grant"},
        "afterReuse": 401}  # a token that is used twice was stolen: the session is over
    assert 0 < seen["expiresIn"] <= 3600
