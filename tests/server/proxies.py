"""The proxies of server/deploy, as their files say, on free ports of 127.0.0.1 with a certificate that
is signed by nobody; and a client that comes through one of them."""

import http.client
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import time

from clinic_server import SOURCE, Client
from postgres import free_port

DEPLOY = SOURCE / "server/deploy"


def replaced(name, *pairs):
    """The file, with what holds of another machine replaced by what holds here."""
    text = (DEPLOY / name).read_text()
    for old, new in pairs:
        assert old in text, f"{name} does not say {old!r} any more"
        text = text.replace(old, new)
    return text


def make_certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", folder / "privkey.pem", "-out",
         folder / "fullchain.pem"], check=True, capture_output=True)


class Proxy:
    """One of them, in front of a server's port."""

    def __init__(self, folder, upstream):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.upstream = upstream
        make_certificate(self.folder)
        self.process = subprocess.Popen(
            self.command(), cwd=self.folder, env={**os.environ, "HOME": str(self.folder)},
            stdout=open(self.folder / "proxy.txt", "wb"), stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, self.output()
                time.sleep(0.05)
        raise AssertionError(self.output())

    def output(self):
        return (self.folder / "proxy.txt").read_text(errors="replace")

    def client(self, token=None, address="127.0.0.1"):
        """From that address of this machine."""
        client = Client(self.port, token)
        trusted = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        client.connection = http.client.HTTPSConnection("localhost", self.port, timeout=30,
                                                        context=trusted,
                                                        source_address=(address, 0))
        return client

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


class Caddy(Proxy):
    def command(self):
        config = self.folder / "Caddyfile"
        config.write_text(replaced(
            "Caddyfile",
            ("admin off", f"admin off\n\thttp_port {free_port()}\n\tauto_https disable_redirects\n"
                          f"\tskip_install_trust"),
            ("{$CLINIC_SITE:clinic.example} {",
             f"https://localhost:{self.port} {{\n\ttls {self.folder}/fullchain.pem "
             f"{self.folder}/privkey.pem"),
            ("{$CLINIC_UPSTREAM:127.0.0.1:8000}", f"127.0.0.1:{self.upstream}")))
        return ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"]


class Nginx(Proxy):
    def command(self):
        config = self.folder / "nginx.conf"
        paths = "".join(f"  {name}_temp_path {self.folder}/{name};\n" for name in (
            "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config.write_text(replaced(
            "nginx.conf",
            ("worker_processes auto;",
             f"worker_processes 1;\ndaemon off;\nuser {'root' if os.geteuid() == 0 else 'nobody'};\n"
             f"pid {self.folder}/nginx.pid;"),
            ("  server_tokens off;\n", "  server_tokens off;\n" + paths),
            ("/var/log/nginx/error.log", str(self.folder / "error.log")),
            ("server 127.0.0.1:8000;", f"server 127.0.0.1:{self.upstream};"),
            ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
            ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.port} ssl http2;"),
            ("server_name clinic.example;", "server_name localhost;"),
            ("/etc/ssl/clinic", str(self.folder))))
        return [program("nginx"), "-c", str(config), "-e", str(self.folder / "error.log")]


def program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")


def reason_to_skip(proxy):
    """Why it cannot run here; None where it can."""
    for name in (proxy.__name__.lower(), "openssl"):
        if program(name) is None:
            return f"there is no {name}: apt-get install {name}"
    return None
