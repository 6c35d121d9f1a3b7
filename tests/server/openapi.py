"""The API's description (server/openapi.json) as tests read it: operations, examples, schemas."""

import copy
import dataclasses
import datetime
import functools
import json

import pytest

from clinic_server import SOURCE

DOCUMENT = json.loads((SOURCE / "server/openapi.json").read_text(encoding="utf-8"))
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
METHODS = ("get", "put", "post", "delete", "patch")


def resolve(value):
    """What a reference stands for; everything else is itself."""
    while "$ref" in value:
        value = functools.reduce(lambda place, name: place[name],
                                 value["$ref"].removeprefix("#/").split("/"), DOCUMENT)
    return value


@dataclasses.dataclass(frozen=True)
class Example:
    """A body that the document shows, and who would send it."""
    name: str
    value: object
    roles: tuple


class Operation:
    def __init__(self, path, method, described):
        self.path = path
        self.method = method.upper()
        self.described = described
        self.id = described["operationId"]
        self.roles = tuple(described["x-roles"])
        self.relation = described.get("x-relation")

    def __str__(self):
        return self.id

    @property
    def is_for_anyone(self):
        return self.roles == ("anyone",)

    def parameters(self, place):
        """(component's name, parameter) of those in the path, the query or the head."""
        for reference in self.described.get("parameters", ()):
            parameter = resolve(reference)
            if parameter["in"] == place:
                yield reference["$ref"].rsplit("/", 1)[1], parameter

    @property
    def media_type(self):
        """What its body is; none where it takes none."""
        content = self.described.get("requestBody", {}).get("content", {})
        return next(iter(content), None)

    @property
    def content(self):
        return self.described["requestBody"]["content"][self.media_type]

    def examples(self):
        """The bodies that the document shows; where it takes none, nothing, once."""
        if self.media_type is None:
            return [Example("no body", None, self.roles)]
        return [Example(name, example["value"], tuple(example.get("x-roles", self.roles)))
                for name, example in self.content["examples"].items()]

    def response(self, status):
        """The description of an answer of that status; none where there is none."""
        described = self.described["responses"].get(str(status))
        return described and resolve(described)

    @property
    def success(self):
        return next(int(status) for status in self.described["responses"] if status[0] == "2")


OPERATIONS = [Operation(path, method, described)
              for path, methods in DOCUMENT["paths"].items()
              for method, described in methods.items() if method in METHODS]


def closed(schema):
    """The same schema, where an object may have no member but those that are described: so that an
    answer with one that nobody described is found."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(value) for name, value in schema.items()}
    if "properties" in made and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


def is_instant(text):
    try:
        return datetime.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


@functools.cache
def _checks():
    jsonschema = pytest.importorskip("jsonschema", reason="Debian's python3-jsonschema is missing")
    if not hasattr(jsonschema, "Draft202012Validator"):
        pytest.skip("this python3-jsonschema does not know the schemas of OpenAPI 3.1")
    formats = copy.deepcopy(jsonschema.draft202012_format_checker)
    formats.checks("date-time")(lambda value: not isinstance(value, str) or is_instant(value))
    document = copy.deepcopy(DOCUMENT)
    document["components"]["schemas"] = closed(document["components"]["schemas"])
    return jsonschema, jsonschema.RefResolver("", document), formats


def assert_fits(value, schema, of):
    """The value is as the schema says, and has nothing that it does not speak of."""
    jsonschema, resolver, formats = _checks()
    validator = jsonschema.Draft202012Validator(closed(schema), resolver=resolver,
                                                format_checker=formats)
    wrong = [f"{of} at {error.json_path}: {error.message}" for error in validator.iter_errors(value)]
    assert not wrong, "\n".join(wrong)


# Headers that not every answer has: where there is no limit; on a first answer, and on one that is
# given again.
SOMETIMES = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Idempotent-Replayed"}


def assert_described(operation, answer, without=()):
    """The answer is one that the document describes for this operation: its status, its headers,
    its media type and its body."""
    described = operation.response(answer.status)
    assert described, f"{operation} does not describe {answer}"
    for name, header in described["headers"].items():
        header = resolve(header)
        if name.lower() not in answer.headers:
            assert name in SOMETIMES or name in without, f"{operation}: no {name}: {answer}"
        elif header["schema"].get("type") == "integer":
            assert answer.headers[name.lower()].isdecimal(), answer
    content = described.get("content")
    if content is None:
        assert answer.body == b"", answer
        return
    sent = answer.headers["content-type"].split(";")[0]
    body = content.get(sent) or content.get("*/*")
    assert body, f"{operation} does not describe {sent}: {answer}"
    if sent.endswith("json"):
        assert_fits(answer.json, body["schema"], f"{operation} {answer.status}")
