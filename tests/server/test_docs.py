"""The pages at /docs and /: as clients fetch them, and as a browser shows them."""

import gzip
import json
import pathlib
import re
import shutil

import pytest

import npm_tools
from clinic_server import EMAILS, PASSWORD, assert_problem
from openapi import OPERATIONS

SCRIPT = pathlib.Path(__file__).parent / "docs_in_a_browser.js"
WITHOUT_SWAGGER_UI = "this program was built without Swagger UI"
FILES = ["swagger-ui.css", "swagger-ui-bundle.js", "page.css", "start.js", "LICENSE"]


@pytest.fixture
def with_swagger_ui(server):
    if b"swagger-ui" not in server.client().get("/docs").body:
        pytest.skip(WITHOUT_SWAGGER_UI)


def fetch(server, path, **headers):
    return server.client().request("GET", path, headers={name.replace("_", "-"): value
                                                         for name, value in headers.items()})


@pytest.mark.parametrize("path", ["/docs/nothing.js", "/docs/..", "/docs/", "/docs/openapi.yaml",
                                  "/docs/%2e%2e", "/docs/swagger-ui.css.map"])
def test_what_is_not_part_of_it_is_not_there(server, path):
    answer = server.client().get(path)
    assert answer.status in (400, 404), answer
    assert_problem(answer, answer.status)


def test_the_description_is_for_everyone_and_is_kept_by_clients_until_it_changes(server):
    plain = fetch(server, "/openapi.json")
    assert plain.status == 200
    assert plain.headers["content-type"] == "application/json"
    assert plain.headers["cache-control"] == "no-cache"
    compressed = fetch(server, "/openapi.json", Accept_Encoding="gzip, deflate, br")
    assert compressed.headers["content-encoding"] == "gzip"
    assert compressed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(compressed.body) == plain.body
    for answer in (plain, compressed):
        again = fetch(server, "/openapi.json", If_None_Match=answer.headers["etag"],
                      Accept_Encoding="gzip" if answer is compressed else "identity")
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == answer.headers["etag"]


def test_the_files_of_the_page_are_part_of_the_program(server, with_swagger_ui):
    for name in FILES:
        plain = fetch(server, f"/docs/{name}")
        assert plain.status == 200, plain
        small = fetch(server, f"/docs/{name}", Accept_Encoding="gzip")
        assert gzip.decompress(small.body) == plain.body
    bundle = fetch(server, "/docs/swagger-ui-bundle.js", Accept_Encoding="gzip")
    assert bundle.headers["content-type"].startswith("text/javascript")
    assert len(bundle.body) < 600_000


def test_a_page_may_load_files_of_this_server_only(server):
    for path in ("/docs", "/"):
        policy = fetch(server, path).headers["content-security-policy"]
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        assert rules["default-src"] == "'none'"
        assert rules["frame-ancestors"] == "'none'"
        assert rules.get("script-src", "'none'") in ("'self'", "'none'")
        assert "unsafe-inline" not in rules.get("script-src", "") and "http" not in policy


def test_the_page_has_nothing_in_it_that_its_policy_forbids(server):
    answer = server.client().get("/docs")
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    page = answer.body.decode()
    assert "<style" not in page and not re.search(r"\s(style|on\w+)=", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    for name in re.findall(r'(?:href|src)="docs/([^"]+)"', page):
        assert fetch(server, f"/docs/{name}").status == 200


def test_people_sign_in_by_the_dialog_and_try_the_api_out(server, with_swagger_ui, tmp_path):
    chromium = shutil.which("chromium") or pytest.skip("there is no chromium")
    modules = npm_tools.installed("playwright-core@1.65.1")
    done = npm_tools.run_node(SCRIPT, modules, chromium, f"http://127.0.0.1:{server.port}",
                              EMAILS["patient"], PASSWORD, tmp_path, seconds=240)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    me = server.sign_in("patient").get("/api/auth/me").json
    assert seen == {"operations": len(OPERATIONS), "answer": {"status": 200, "body": me},
                    "complaints": [], "elsewhere": [], "cookies": [], "kept": []}
