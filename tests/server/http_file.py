"""Reads .http files, as far as the contract's examples go: file variables, names, requests.

    @host = http://localhost:8000          a variable
    ###                                    a separator, with any text behind it
    # @name login                          the name of the next request
    POST {{host}}/api/auth/login           the request, its headers, an empty line, its body
    Authorization: Bearer {{login.access_token}}
"""

import json
import re


class Request:
    def __init__(self, name, method, url, headers, body):
        self.name = name
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body


def parse(text):
    """The file's variables, and its requests in order, with nothing replaced yet."""
    variables = dict(re.findall(r"^@(\w+)\s*=\s*(.+?)\s*$", text, re.MULTILINE))
    requests = []
    for block in re.split(r"^###.*$", text, flags=re.MULTILINE):
        name = re.search(r"^#\s*@name\s+(\w+)", block, re.MULTILINE)
        lines = [line for line in block.strip().splitlines()
                 if not re.match(r"#|@\w+\s*=", line)]
        while lines and not lines[0].strip():
            lines.pop(0)
        if not lines:
            continue
        method, url = lines[0].split()
        head, _, body = "\n".join(lines[1:]).partition("\n\n")
        headers = dict(re.split(r":\s*", line, 1) for line in head.splitlines() if line)
        requests.append(Request(name and name[1], method, url, headers, body.strip()))
    return variables, requests


def fill(text, variables, answers):
    """Replaces {{variable}} and {{request.field}}."""
    def value(match):
        first, *fields = match[1].strip().split(".")
        found = answers[first] if fields else variables[first]
        for field in fields:
            found = found[field]
        return str(found)
    return re.sub(r"\{\{(.+?)\}\}", value, text)


def run(text, client, host=None):
    """Sends every request in order by `client`; yields each request and its answer."""
    variables, requests = parse(text)
    if host is not None:
        variables["host"] = host
    answers = {}
    for request in requests:
        url = fill(request.url, variables, answers)
        path = url[len(variables["host"]):]
        headers = {name: fill(value, variables, answers) for name, value in request.headers.items()}
        answer = client.request(request.method, path, raw=request.body.encode() or None,
                                headers=headers)
        if request.name and answer.body:
            answers[request.name] = json.loads(answer.body)
        yield request, answer
