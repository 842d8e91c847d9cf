"""The programs that are compared: how each is called for a list, which are there, and one measured run of any."""
import dataclasses, functools, os, resource, shutil, signal, subprocess, sys, typing
from measure import measure
from servers import ROOT

FETCHALL = os.environ.get("FETCHALL_BINARY", f"{ROOT}/.build/release/fetchall")
PEERS = f"{ROOT}/Benchmarks/peers"
MEASURE = f"{ROOT}/Benchmarks/measure.py"
REFERENCE = "curl -Z --parallel-immediate"


def prepare():
    """What all benchmarks do first."""
    if not os.access(FETCHALL, os.X_OK):
        sys.exit(f"the benchmark needs {FETCHALL}: make release")
    # All that the machine allows, so that nobody loses by a shell's 1,024.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    # Servers are stopped then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


class Result(typing.NamedTuple):
    """What one run took: seconds, seconds, MB, exit code."""
    wall: float
    cpu: float
    memory: float
    code: int


@functools.cache
def meter():
    """The small process that starts what is measured for its memory (measure.py). It ends with our end of its input."""
    return subprocess.Popen([sys.executable, "-I", "-S", MEASURE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def run(command, feed=""):
    """Runs one program, its output thrown away, its input a pipe with what the file `feed` holds."""
    print(feed, *command, sep="\0", file=meter().stdin, flush=True)
    wall, cpu, memory, code = meter().stdout.readline().split()
    return Result(float(wall), float(cpu), float(memory), int(code))


def race(command, memory):
    """Runs one program from here, as a shell would: behind a process between, this kernel keeps a program of several threads
    on one core for a while (docs/benchmarks.md). Its peak memory is known from another run."""
    return Result(*measure("", command))._replace(memory=memory)


def in_memory(folder):
    """A name of a folder's own on a file system in memory, where there is one."""
    return f"/dev/shm/{os.path.basename(folder)}" if os.path.isdir("/dev/shm") else f"{folder}/memory"


@dataclasses.dataclass
class Job:
    """A list in each program's form, and what is to be done with it. Without `save`, bodies are thrown away."""
    folder: str
    urls: list
    most: int
    save: str = ""
    cacert: str = ""

    def __post_init__(self):
        name = f"{self.folder}/list-{len(self.urls)}"
        self.plain, self.curl, self.aria = name + ".txt", name + ".curl", name + ".aria"
        self.records = f"{self.folder}/records.jsonl"
        # aria2c cannot throw away: it saves to memory.
        self.drop = f"{in_memory(self.folder)}-aria2"
        with open(self.plain, "w") as plain, open(self.curl, "w") as curl, open(self.aria, "w") as aria:
            for index, url in enumerate(self.urls):
                target = f"{self.save}/{url.rsplit('/', 1)[1]}" if self.save else "/dev/null"
                plain.write(url + "\n")
                curl.write(f'url = "{url}"\noutput = "{target}"\n')
                aria.write(f"{url}\n out={index}\n")

    def __len__(self):
        return len(self.urls)

    def clean(self):
        for folder in (self.drop, self.save):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
        if os.path.exists(self.records):
            os.remove(self.records)
        if self.save:
            os.makedirs(self.save)


def fetchall(job):
    command = [FETCHALL, "--max", str(job.most), "--jsonl", "-o", job.records]
    command += ["--output-dir", job.save] if job.save else []
    return command + (["--cacert", job.cacert] if job.cacert else []) + [job.plain]


def curl(job, *options):
    # --parallel-max of curl ends at 300.
    command = ["curl", "-sZ", *options, "--parallel-max", str(min(job.most, 300))]
    return command + (["--cacert", job.cacert] if job.cacert else []) + ["-K", job.curl]


def curl_immediate(job):
    return curl(job, "--parallel-immediate")


def wget2(job):
    command = ["wget2", "-q", "--max-threads", str(job.most)]
    command += ["-P", job.save] if job.save else ["-O", "/dev/null"]
    return command + ([f"--ca-certificate={job.cacert}"] if job.cacert else []) + ["-i", job.plain]


def aria2(job):
    command = ["aria2c", "--no-conf", "-q", "-j", str(job.most), "-x16", "-s1", "--file-allocation=none",
               "--auto-save-interval=0", "--allow-overwrite=true", "-d", job.save or job.drop]
    return command + ([f"--ca-certificate={job.cacert}"] if job.cacert else []) + ["-i", job.aria]


def xargs(job, each):
    command = ["xargs", "-r", "-a", job.plain, f"-n{each}", f"-P{job.most}", "curl", "-s"]
    command += ["--remote-name-all", "--output-dir", job.save] if job.save else []
    return command + (["--cacert", job.cacert] if job.cacert else [])


def xargs_many(job):
    return xargs(job, max(1, min(100, len(job) // job.most)))


def xargs_one(job):
    return xargs(job, 1)


def script(job, *start):
    command = [*start, job.plain, str(job.most)]
    command += ["--save", job.save] if job.save else []
    return command + (["--cacert", job.cacert] if job.cacert else [])


def python_with(module):
    """The first Python that has a module: apt and pip may have filled different ones."""
    for python in (sys.executable, "python3", "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0:
                return python
        except OSError:
            pass
    return None


def build_go(folder):
    if not shutil.which("go"):
        return None
    binary = f"{folder}/fetch-go"
    subprocess.run(["go", "build", "-o", binary, f"{PEERS}/fetch.go"], check=True, cwd=folder)
    return binary


def installed(folder):
    """The programs that are there, by name, and for each that is not how to install it."""
    there, missing = {"fetchall": fetchall, "curl -Z": curl, REFERENCE: curl_immediate}, []

    def add(name, program, is_there, install):
        if is_there:
            there[name] = program
        else:
            missing.append(f"{name} ({install})")

    add("wget2", wget2, shutil.which("wget2"), "apt-get install wget2")
    binary = build_go(folder)
    add("Go net/http", lambda job: [binary, "-max", str(job.most), *(["-save", job.save] if job.save else []),
                                    *(["-cacert", job.cacert] if job.cacert else []), job.plain],
        binary, "apt-get install golang-go")
    for name, module, file, install in (
            ("pycurl multi", "pycurl", "multi_pycurl.py", "apt-get install python3-pycurl"),
            ("aiohttp", "aiohttp", "gather_aiohttp.py", "pip install aiohttp uvloop"),
            ("httpx", "httpx", "gather_httpx.py", "pip install 'httpx[http2]'")):
        python = python_with(module)
        add(name, lambda job, python=python, file=file: script(job, python, f"{PEERS}/{file}"), python, install)
    add("aria2c", aria2, shutil.which("aria2c"), "apt-get install aria2")
    add("xargs -n100 curl", xargs_many, shutil.which("xargs"), "apt-get install findutils")
    add("xargs -n1 curl", xargs_one, shutil.which("xargs"), "apt-get install findutils")
    return there, missing


def longest(name, most, patience):
    """The longest list a program is given, for so many seconds of patience: a process for each URL takes long, and so does
    a pool that looks at all its connections for each request (performance.md, section 2)."""
    if name == "httpx":
        return int(patience / (0.0013 + 24e-6 * most))
    if name == "xargs -n1 curl":
        return min(1000, int(patience / 0.006))
    return sys.maxsize
