#!/usr/bin/python3
"""Writes what each job was and did into a CloudWatch log group: its record, its environment, the end of its output.

Args: log group, region. Installs itself as a service of the head node, safe to run twice. The service looks every few
seconds which jobs have ended, puts what it finds of each into a spool, and sends the spool: what cannot be sent waits.
It only reads from Slurm, so no failure of it can touch a job. A stream of its own tells whether there are jobs, by which
idle clusters are ended. docs/monitoring.md describes what it writes.
"""

import fcntl
import glob
import json
import os
import pwd
import re
import secrets
import signal
import stat
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

PROGRAM = Path("/opt/hpc-provisioner/job-log.py")
SETTINGS = Path("/etc/hpc-job-log.json")
SPOOL = Path("/var/spool/hpc-job-log")
REFUSED = SPOOL / "refused"
LOGGED = SPOOL / "logged"
LOCK = Path("/run/hpc-job-log.lock")
UNIT = Path("/etc/systemd/system/hpc-job-log.service")
SYSTEMD = Path("/run/systemd/system")

STREAM, ACTIVITY_STREAM = "jobs", "activity"
# Well within the time after which the service takes a head node for silent: core/lifetime/hearing.ts.
ACTIVITY_SECONDS = 90
# Less than MinJobAge: after a longer gap a job may have come and gone without having been seen.
UNSEEN_SECONDS = 240
# slurmctld forgets an ended job after MinJobAge, 300 seconds on ParallelCluster. A look takes at most a twentieth of the time.
LOOK_SECONDS, REST_FACTOR, MOST_SECONDS = 5, 20, 60
# slurmctld may tell again of a job that it had forgotten: after a crash it starts from a state of some minutes before.
REMEMBERED_SECONDS = 24 * 60 * 60
OUTPUT_BYTES = 64 * 1024
# Of text in JSON a character can take six bytes, and an event at most 256 KiB (CloudWatch Logs quotas, PutLogEvents).
PART_CHARACTERS = 32 * 1024
ENVIRONMENT_BYTES, VALUE_CHARACTERS, TEXT_CHARACTERS = 128 * 1024, 4096, 4096
# A request has at most 1,048,576 bytes and 10,000 events, 26 bytes more for each event (API reference, PutLogEvents).
REQUEST_BYTES, REQUEST_EVENTS, EVENT_OVERHEAD = 1_000_000, 10_000, 26
SPOOL_BYTES = 256 * 1024 * 1024

ENDED = [
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "TIMEOUT",
]
SECRET_NAME = re.compile(r"SECRET|TOKEN|PASS|_PWD|PWD_|KEY|CREDENTIAL|AUTH|COOKIE|PRIVATE|SIGNATURE|JWT", re.IGNORECASE)
PASSWORD_IN_URL = re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]+@")
MASK = "***"


def main() -> None:
    # Python 3.9, which Amazon Linux 2023 has, knows no match.
    first, *others = sys.argv[1:] or [""]
    if first == "serve":
        serve()
    elif first == "tail" and len(others) == 1:
        tail(others[0])
    elif len(others) == 1:
        install(first, others[0])
    else:
        refuse("wants two arguments: log group, region")


def refuse(why: str) -> None:
    print(f"job-log.py: {why}", file=sys.stderr)
    sys.exit(2)


def note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# --- Installing ---


def install(group: str, region: str) -> None:
    if not re.fullmatch(r"/[A-Za-z0-9_./#-]{1,511}", group):
        refuse("the log group must be a name that begins with /")
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region):
        refuse("the region must be a name as in eu-west-1")
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    replace(PROGRAM, Path(__file__).read_text(encoding="utf-8"), 0o755)
    replace(SETTINGS, json.dumps({"group": group, "region": region}), 0o644)
    for folder in (SPOOL, REFUSED):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if SYSTEMD.is_dir():
        replace(UNIT, SERVICE, 0o644)
        for verb in (["daemon-reload"], ["enable", UNIT.name], ["restart", UNIT.name]):
            subprocess.run(["systemctl", *verb], check=True)
    else:
        start_again()


# Stopped before slurmctld, and with time for a last look: jobs that a shutdown ends are logged too.
SERVICE = f"""[Unit]
Description=Job records to CloudWatch Logs
Wants=network-online.target
After=network-online.target slurmctld.service

[Service]
ExecStart={PROGRAM} serve
Restart=always
RestartSec=5
TimeoutStopSec=60

[Install]
WantedBy=multi-user.target
"""


def start_again() -> None:
    """Where no systemd watches over services."""
    before = LOCK.read_text().strip() if LOCK.exists() else ""
    command = Path(f"/proc/{before or 'none'}/cmdline")
    if command.exists() and str(PROGRAM) in command.read_text():
        os.kill(int(before), signal.SIGTERM)
    with open("/var/log/hpc-job-log.log", "a", encoding="utf-8") as log:
        streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        subprocess.Popen([str(PROGRAM), "serve"], start_new_session=True, cwd="/", **streams)


def replace(path: Path, text: str, mode: int) -> None:
    """Whoever reads it meanwhile reads the old or the new one."""
    new = path.with_name(f".{path.name}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.chmod(mode)
    new.rename(path)


# --- Serving ---


def serve() -> None:
    # The one before may still be at its last look.
    lock = open(LOCK, "a+", encoding="utf-8")  # noqa: SIM115 # held until the process ends
    fcntl.flock(lock, fcntl.LOCK_EX)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    leaving = []
    signal.signal(signal.SIGTERM, lambda *_: leaving.append(True))
    settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
    sender = Sender(settings["group"], settings["region"], STREAM)
    activity = Activity(Sender(settings["group"], settings["region"], ACTIVITY_STREAM))
    while True:
        last = bool(leaving)
        began = time.monotonic()
        attempt("looking at the jobs", collect)
        attempt("looking whether there are jobs", activity.look)
        took = time.monotonic() - began
        if not last:
            attempt("telling whether there are jobs", activity.tell)
        attempt("sending", sender.send_spool)
        if last:
            return
        wake = time.monotonic() + min(MOST_SECONDS, max(LOOK_SECONDS, REST_FACTOR * took))
        while not leaving and time.monotonic() < wake:
            time.sleep(0.2)


def attempt(what: str, action) -> None:
    """slurmctld restarts and networks fail: the next round tries again."""
    try:
        action()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        note(f"{what} failed: {said(error)}")


def said(error: Exception) -> str:
    """What a program complained of, or else what is known of its end."""
    complaint = getattr(error, "stderr", None)
    return complaint.decode("utf-8", "replace").strip() if complaint else str(error)


def run(*command: str) -> str:
    path = f"/opt/slurm/bin:{os.environ.get('PATH', '')}:/usr/local/bin:/usr/bin:/bin"
    environment = {"PATH": path, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True)
    return done.stdout.decode("utf-8", "replace")


# --- Looking at jobs ---

# What no user can write comes first, the name last: it may hold anything, also what looks like other fields.
FIELDS = "id:A array:F task:K uid:U state:T nodeCount:D cpus:C submit:V start:S end:e timeLimit:l queue:P user:u account:a nodes:N reason:r name:j"
FORMAT = {name: letter for name, letter in (field.split(":") for field in FIELDS.split())}


def collect() -> None:
    """Spools what is known of every job that has ended since the last look."""
    logged = set(LOGGED.read_text().split()) if LOGGED.exists() else set()
    visible = {f"{job['id']}-{job['end']}": job for job in ended_jobs()}
    for key, job in visible.items():
        if key in logged:
            continue
        try:
            events = events_of(job)
        except (KeyError, TypeError, ValueError) as error:
            # No try would go better, and the jobs behind it must not wait.
            events = [event_of(job, {"kind": "record", "problem": f"{type(error).__name__}: {error}"})]
        # A spool file before the note that it is there: a death between the two writes the same file again.
        replace(SPOOL / f"{key}.json", json.dumps(events, ensure_ascii=False), 0o600)
        with open(os.open(LOGGED, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as file:
            file.write(f"\n{key}")
    forgotten = {key for key in logged - visible.keys() if is_old(key)}
    if forgotten:
        replace(LOGGED, "".join(f"{key}\n" for key in sorted(logged - forgotten | visible.keys())), 0o600)
    drop_oldest()


def is_old(key: str) -> bool:
    """Whether that job ended so long ago that slurmctld tells no more of it, whatever became of slurmctld."""
    _, _, end = key.partition("-")
    try:
        return milliseconds(end) < (time.time() - REMEMBERED_SECONDS) * 1000
    except ValueError:
        return True  # half a line, of a head node that died as it wrote


def ended_jobs() -> list:
    end_of_line = secrets.token_hex(16)  # nobody can put it into a job's name
    form = "|".join(f"%{letter}" for letter in FORMAT.values()) + end_of_line
    text = run("squeue", "--noheader", "--array", f"--states={','.join(ENDED)}", f"--format={form}")
    rows = [row.lstrip("\n").split("|", len(FORMAT) - 1) for row in text.split(end_of_line)[:-1]]
    jobs = [dict(zip(FORMAT, row)) for row in rows]
    return [job for job in jobs if job["state"] in ENDED]


def events_of(job: dict) -> list:
    more = details(job)
    found = [{"kind": "record", **record(job, more)}]
    if more["isBatch"]:
        found.append({"kind": "environment", **environment(job)})
        found += outputs(job, more)
    return [event_of(job, one) for one in found]


def event_of(job: dict, found: dict) -> dict:
    message = json.dumps({"v": 1, "job": job["id"], **found}, ensure_ascii=False)
    return {"timestamp": milliseconds(job["end"]), "message": message}


def milliseconds(text: str) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=timezone.utc) if known(text) else datetime.now(timezone.utc)
    return int(moment.timestamp() * 1000)


def known(text: str):
    return None if text in ("", "N/A", "NONE", "Unknown", "(null)", "None") else text[:TEXT_CHARACTERS]


def count(text: str):
    return int(text) if text.isdigit() else known(text)


def details(job: dict) -> dict:
    """What squeue does not tell. The name is cut off by its length, so that nothing in it is taken for a field."""
    try:
        text = run("scontrol", "show", "job", job["id"])
    except subprocess.CalledProcessError as error:
        if b"Invalid job id" not in error.stderr:
            raise
        text = ""  # forgotten since squeue told of it
    head, _, rest = text.partition(f"JobName={job['name']}\n")
    # Below the job's command its user has a say in every line, which only concerns that user's own files.
    facts, _, paths = rest.partition("\n   Command=")
    exit_code = re.search(r" ExitCode=(\d+):(\d+)$", facts, re.MULTILINE)
    resources = re.search(r"^   (?:Alloc)?TRES=(\S+)$", facts, re.MULTILINE)
    restarts = re.search(r" Restarts=(\d+) ", facts)
    het = re.search(r"HetJobId=(\d+)", head)

    def path(name: str):
        found = re.search(rf"^   {name}=(.*)$", paths, re.MULTILINE)
        return known(found[1]) if found else None

    return {
        "exitCode": int(exit_code[1]) if exit_code else None,
        "signal": int(exit_code[2]) if exit_code else None,
        "restarts": int(restarts[1]) if restarts else 0,
        "isBatch": bool(re.search(r" BatchFlag=[1-9] ", facts)),
        "resources": dict(pair.split("=", 1) for pair in resources[1].split(",") if "=" in pair) if resources else {},
        "hetJob": het[1] if het else None,
        "workDir": path("WorkDir"),
        "stdout": path("StdOut"),
        "stderr": path("StdErr"),
    }


def record(job: dict, more: dict) -> dict:
    is_task = job["task"] != "N/A"
    start, end = known(job["start"]), known(job["end"])
    return {
        "name": job["name"][:TEXT_CHARACTERS],
        "user": job["user"],
        "uid": int(job["uid"]),
        "account": known(job["account"]),
        "queue": job["queue"],
        "state": job["state"],
        "reason": known(job["reason"]),
        "exitCode": more["exitCode"],
        "signal": more["signal"],
        **{name: f"{moment}Z" if (moment := known(job[name])) else None for name in ("submit", "start", "end")},
        "elapsedSeconds": (milliseconds(end) - milliseconds(start)) // 1000 if start and end else None,
        "timeLimit": known(job["timeLimit"]),
        "nodes": known(job["nodes"]),
        "nodeCount": count(job["nodeCount"]),
        "cpus": count(job["cpus"]),
        "resources": more["resources"],
        "arrayJob": job["array"] if is_task else None,
        "arrayTask": job["task"] if is_task else None,
        "hetJob": more["hetJob"],
        "restarts": more["restarts"],
        "workDir": more["workDir"],
        "stdout": more["stdout"],
        "stderr": more["stderr"],
    }


def job_file(job: dict, name: str) -> bytes:
    """A file that slurmctld keeps of a batch job; the tasks of an array share one."""
    place = re.search(r"^StateSaveLocation\s*=\s*(.*)$", run("scontrol", "show", "config"), re.MULTILINE)
    for number in dict.fromkeys([job["id"], job["array"]]):
        path = Path(
            place[1].strip() if place else "/var/spool/slurm.state", f"hash.{int(number) % 10}", f"job.{number}", name
        )
        if path.is_file():
            return path.read_bytes()
    return b""


def environment(job: dict) -> dict:
    """As it was when the job was submitted: four bytes with the count, then NAME=value, each with a NUL behind it."""
    entries = [
        entry.partition("=") for entry in job_file(job, "environment")[4:].decode("utf-8", "replace").split("\0")
    ]
    variables, size, cut = {}, 0, False
    for name, _, value in sorted(entries):
        if not name or name.startswith("BASH_FUNC_"):
            continue
        shown = MASK if SECRET_NAME.search(name) else PASSWORD_IN_URL.sub(rf"\1:{MASK}@", value)[:VALUE_CHARACTERS]
        size += len(json.dumps({name: shown}))
        if size > ENVIRONMENT_BYTES:
            cut = True
            break
        variables[name] = shown
    script = job_file(job, "script").decode("utf-8", "replace")
    loads = re.findall(r"^\s*(?:module\s+(?:load|add)|ml)\s+([^\n#;&|]+)", script, re.MULTILINE)
    return {
        "modules": variables.get("LOADEDMODULES", "").split(":") if variables.get("LOADEDMODULES") else [],
        "modulesInScript": [word for line in loads for word in line.split() if re.fullmatch(r"[\w./+-]+", word)][:100],
        "variables": variables,
        "cut": cut,
    }


# --- Whether there are jobs ---


class Activity:
    """Since when there is no job, told when that changes and now and then. A time that nobody saw counts as busy."""

    def __init__(self, sender):
        self.sender = sender
        self.looked = self.told_at = float("-inf")
        self.busy_until = ""
        self.line, self.told = None, None

    def look(self) -> None:
        self.line = None
        text = run("squeue", "--noheader", "--states=all", "--format=%T|%e")
        moment, now = time.monotonic(), f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
        rows = [row.split("|") for row in text.splitlines()]
        here = [state for state, _ in rows if state not in ENDED]
        ends = [f"{end}Z" for state, end in rows if state in ENDED and known(end)]
        if here or moment - self.looked > UNSEEN_SECONDS:
            self.busy_until = now
        self.looked, self.busy_until = moment, max([self.busy_until, *ends])
        pending = here.count("PENDING")
        counts = {"running": len(here) - pending, "pending": pending}
        self.line = {"v": 1, "time": now, **counts, "idleSince": None if here else self.busy_until}

    def tell(self) -> None:
        if not self.line:
            return
        state, moment = self.line["idleSince"], time.monotonic()
        if state == self.told and moment - self.told_at < ACTIVITY_SECONDS:
            return
        self.sender.make_stream()
        self.sender.put([{"timestamp": milliseconds(self.line["time"][:-1]), "message": json.dumps(self.line)}])
        self.told, self.told_at = state, moment


# --- Output ---


def outputs(job: dict, more: dict) -> list:
    found = output_events("stdout", job, more["stdout"])
    if more["stderr"] == more["stdout"]:
        return [*found, {"kind": "stderr", "sameAs": "stdout"}]
    return found + output_events("stderr", job, more["stderr"])


def output_events(kind: str, job: dict, path) -> list:
    """The end of a file, in parts that fit into an event."""
    read = read_as_user(int(job["uid"]), path)
    if "problem" in read:
        return [{"kind": kind, "path": path, "problem": read["problem"]}]
    text = read["text"]
    parts = [text[at : at + PART_CHARACTERS] for at in range(0, len(text), PART_CHARACTERS)] or [""]
    about = {"kind": kind, "path": path, "bytes": read["bytes"], "from": read["from"], "parts": len(parts)}
    return [{**about, "part": number, "text": part} for number, part in enumerate(parts, 1)]


def read_as_user(uid: int, path) -> dict:
    """A job's user chooses its paths, and may put a link there at any time: they are opened with that user's rights."""
    if not path or not path.startswith("/"):
        return {"problem": "no file"}
    if uid == 0:
        return {"problem": "not read for root"}
    try:
        user = pwd.getpwuid(uid)
        groups = os.getgrouplist(user.pw_name, user.pw_gid)
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM), "tail", path], check=False,
            user=uid, group=user.pw_gid, extra_groups=groups, cwd="/", env={},
            stdin=subprocess.DEVNULL, capture_output=True, timeout=30,
        )  # fmt: skip
    except KeyError:
        return {"problem": "the user has no account on the head node"}
    except (OSError, subprocess.SubprocessError) as error:
        return {"problem": type(error).__name__}
    if done.returncode != 0:
        return {"problem": done.stderr.decode("utf-8", "replace").strip()[:200] or "unreadable"}
    size, _, data = done.stdout.partition(b"\n")
    return {"bytes": int(size), "from": max(0, int(size) - OUTPUT_BYTES), "text": data.decode("utf-8", "replace")}


def tail(path: str) -> None:
    """Runs as the job's user. Prints the file's size and its end; a FIFO or a device is not opened for long."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY), "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                sys.exit("not a regular file")
            file.seek(max(0, facts.st_size - OUTPUT_BYTES))
            sys.stdout.buffer.write(b"%d\n" % facts.st_size + file.read(OUTPUT_BYTES))
    except OSError as error:
        sys.exit(error.strerror)


# --- Sending ---


def spooled() -> list:
    files = [(path.stat().st_mtime, path) for path in SPOOL.glob("*.json")]
    return [path for _, path in sorted(files)]


def drop_oldest() -> None:
    files = spooled()
    size = sum(path.stat().st_size for path in files)
    for path in files:
        if size <= SPOOL_BYTES:
            return
        size -= path.stat().st_size
        path.unlink()
        note(f"{path.stem} is lost: the spool is full")


class Sender:
    """Sends the spool in the order of the jobs' ends. A file goes when all of it is sent, so a job may come twice."""

    def __init__(self, group: str, region: str, stream: str):
        self.target = ["--region", region, "--log-group-name", group, "--log-stream-name", stream]
        self.has_stream = False

    def send_spool(self) -> None:
        while files := spooled()[:500]:
            batch, events, size = [], [], 0
            for path in files:
                more = json.loads(path.read_text(encoding="utf-8"))
                size += sum(map(request_bytes, more))
                if batch and (size > REQUEST_BYTES or len(events) + len(more) > REQUEST_EVENTS):
                    break
                batch.append(path)
                events += more
            self.send(batch, events)

    def send(self, files: list, events: list) -> None:
        self.make_stream()
        try:
            for part in requests(events):
                self.put(part)
        except subprocess.CalledProcessError as error:
            if b"InvalidParameterException" not in error.stderr:
                raise
            # Nothing will cure it; what comes after must not wait for it.
            if len(files) > 1:
                for path in files:
                    self.send([path], json.loads(path.read_text(encoding="utf-8")))
                return
            note(f"{files[0].stem} was refused: {said(error)}")
            files[0].rename(REFUSED / files[0].name)
            return
        for path in files:
            path.unlink()

    def make_stream(self) -> None:
        if self.has_stream:
            return
        try:
            aws("logs", "create-log-stream", *self.target)
        except subprocess.CalledProcessError as error:
            if b"ResourceAlreadyExistsException" not in error.stderr:
                raise
        self.has_stream = True

    def put(self, events: list) -> None:
        file = SPOOL / "request"
        replace(file, json.dumps(events, ensure_ascii=False), 0o600)
        aws("logs", "put-log-events", *self.target, "--log-events", f"file://{file}")


def request_bytes(event: dict) -> int:
    return len(event["message"].encode("utf-8", "replace")) + EVENT_OVERHEAD


def requests(events: list):
    """In the order of time, as PutLogEvents wants them, none larger than it takes, none over more than a day."""
    part, size = [], 0
    for event in sorted(events, key=lambda event: event["timestamp"]):
        size += request_bytes(event)
        if part and (size > REQUEST_BYTES or event["timestamp"] - part[0]["timestamp"] > 86_000_000):
            yield part
            part, size = [], request_bytes(event)
        part.append(event)
    if part:
        yield part


def aws(*args: str) -> None:
    # ParallelCluster's images have one of their own, by which the node itself was set up.
    own = glob.glob("/opt/parallelcluster/pyenv/versions/*/envs/cookbook_virtualenv/bin/aws")
    program = own[0] if own else "aws"
    limits = ["--cli-connect-timeout", "10", "--cli-read-timeout", "30"]
    subprocess.run([program, *args, *limits], capture_output=True, timeout=120, check=True, cwd="/")


if __name__ == "__main__":
    main()
