"""A PostgreSQL of a test's own: a data directory in a temporary folder, a free port of 127.0.0.1, and
nothing left behind.

PostgreSQL refuses to run as root, so as root it runs as the user `postgres`, in a folder that this user
may enter.
"""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

USER = "postgres"

# Copies the data to a file system of that size, puts that in its place, and becomes PostgreSQL.
ON_A_DISK = """
folder=$0 size=$1 user=$2
mkdir -p "$folder/disk"
mount -t tmpfs -o "size=$size,mode=0700" none "$folder/disk"
chown "$user:" "$folder/disk"
cp -a "$folder/data/." "$folder/disk"
mount --bind "$folder/disk" "$folder/data"
shift 2
exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
"""


def binaries():
    """The folder of the newest PostgreSQL's programs; None where there is none."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                   key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def reason_to_skip():
    """Why there can be no PostgreSQL here; None where there can be one."""
    if binaries() is None:
        return "there is no PostgreSQL server: apt-get install postgresql"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(USER)
        except KeyError:
            return f"PostgreSQL refuses to run as root, and there is no user {USER}"
    return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """One server. Its port stays the same over restarts."""

    def __init__(self, settings=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="clinic-postgres-"))
        self.data = self.folder / "data"
        self.port = free_port()
        self.settings = dict(settings or {})
        self.process = None
        self.owner = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam(USER)
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.owner = {"user": USER, "group": user.pw_gid, "extra_groups": []}

    def create(self):
        """A new, empty cluster with one superuser, whom everybody on this machine may be."""
        self.run("initdb", "--pgdata", self.data, "--username", USER, "--auth", "trust",
                 "--encoding", "UTF8", "--locale", "C.UTF-8")
        return self

    def copy_of(self, primary):
        """A standby that follows `primary`."""
        self.run("pg_basebackup", "--pgdata", self.data, "--dbname",
                 f"host=127.0.0.1 port={primary.port} user={USER} application_name=standby",
                 "--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream")
        return self

    def start(self, disk=None):
        """Where `disk` says how large ("200m"), the data lies on a disk of its own, which only the
        server sees, at `seen`; what it writes there is gone when it ends. Needs root."""
        options = {"port": self.port, "listen_addresses": "127.0.0.1",
                   "unix_socket_directories": "", **self.settings}
        arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command, owner = [binaries() / "postgres", "-D", self.data, *arguments], self.owner
        if disk is not None:
            command = ["unshare", "--mount", "sh", "-c", ON_A_DISK, self.folder, disk, USER, *command]
            owner = {}
        deadline = time.monotonic() + 60
        while True:
            with open(self.folder / "log", "ab") as log:
                self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder,
                                                **owner)
            if self.answers_by(deadline):
                return self
            # What a killed one left behind in shared memory takes it a moment to give up.
            self.process.wait(10)
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.1)

    def seen(self):
        """The folder of the data as the running server sees it."""
        return pathlib.Path(f"/proc/{self.process.pid}/root{self.data}")

    def answers_by(self, deadline):
        while time.monotonic() < deadline and self.process.poll() is None:
            ready = subprocess.run([binaries() / "pg_isready", "-q", "-h", "127.0.0.1", "-p",
                                    str(self.port)], check=False)
            if ready.returncode == 0:
                return True
            time.sleep(0.05)
        return False

    def kill(self):
        """Ends it as a power cut does, but for what the system has not written yet."""
        self.end(signal.SIGKILL)

    def stop(self):
        """Ends it at once, in order."""
        self.end(signal.SIGINT)

    def end(self, number):
        if self.process is None:
            return
        self.process.send_signal(number)
        self.process.wait(60)
        self.process = None

    def promote(self):
        self.sql("SELECT pg_promote(wait => true)", database="postgres")

    def remove(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database="clinic"):
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement, database="clinic"):
        """The rows of a statement, as lists of texts."""
        done = self.run("psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
                        "--set=ON_ERROR_STOP=1", "--dbname", self.url(database), "--command",
                        statement)
        return [line.split("|") for line in done.stdout.splitlines()]

    def run(self, program, *arguments):
        done = subprocess.run([binaries() / program, *map(str, arguments)], cwd=self.folder,
                              capture_output=True, text=True, check=False, **self.owner)
        assert done.returncode == 0, f"{program}: {done.stderr}"
        return done

    def log(self):
        return (self.folder / "log").read_text(errors="replace")
