"""The servers of the benchmarks. Each counts what it answered: a program is believed only as far as its server is."""
import os, shutil, socket, subprocess, sys, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEMO = os.environ.get("FETCHALL_DEMO", f"{ROOT}/.build/release/demo-server")
HOSTS = [f"127.0.{1 + index // 100}.{1 + index % 100}" for index in range(200)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(url):
    """A plain GET past all proxies, None if there is no answer."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return opener.open(url, timeout=10).read().decode()
    except OSError:
        return None


class Server:
    """A process that answers at `base` and says how many answers it has given.

    In a session of its own, as a server is: Linux shares the processors among sessions first (autogroup), and in the
    client's it would get the less, the more threads the client has.
    """

    def started(self, process, base):
        self.process, self.base, self.questions = process, base, 0
        for _ in range(200):
            if self.count() is not None:
                return
            if process.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        sys.exit(f"{type(self).__name__}: the server did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Nginx(Server):
    """nginx with one worker: files of 1 KiB, at `base`; with `hosts` on 200 addresses; with `tls` over HTTP/2 at `secure`.

    What is small leaves in one write, as from a server of an API; sendfile, which nginx does not do by default either, costs
    more calls than it spares there, and is on for large files only."""

    def __init__(self, folder, files, hosts=False, tls=False):
        self.folder, port = folder, free_port()
        os.makedirs(f"{folder}/www", exist_ok=True)
        os.chmod(folder, 0o755)
        for index in range(files):
            with open(f"{folder}/www/{index}", "wb") as file:
                file.write(b"x" * 1024)
        listen = [f"listen 127.0.0.1:{port} backlog=4096;"]
        if hosts:
            listen += [f"listen {host}:{port};" for host in HOSTS]
            self.hosts = [f"http://{host}:{port}" for host in HOSTS]
        if tls:
            secure = free_port()
            self.certificate = make_certificate(folder)
            self.secure = f"https://127.0.0.1:{secure}"
            listen += [f"listen 127.0.0.1:{secure} ssl http2; ssl_certificate {self.certificate};"
                       f" ssl_certificate_key {folder}/key.pem;"]
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(
                f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
                "events { worker_connections 8000; multi_accept on; }\n"
                "http { access_log off; keepalive_requests 100000000;"
                f" open_file_cache max=11000; server {{ {' '.join(listen)} root {folder}/www;"
                " location = /nginx_status { stub_status; }"
                " location /large { sendfile on; tcp_nopush on; } } }\n")
        process = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL, start_new_session=True)
        self.started(process, f"http://127.0.0.1:{port}")

    def add_large(self, names, size):
        """Files of `size` bytes under several names, on the disk once."""
        with open(f"{self.folder}/www/large", "wb") as file:
            for _ in range(size // 2**20):
                file.write(os.urandom(2**20))
        for name in names:
            os.link(f"{self.folder}/www/large", f"{self.folder}/www/{name}")

    def count(self):
        """Requests answered so far, the questions for this left out."""
        text = ask(f"{self.base}/nginx_status")
        if text is None:
            return None
        self.questions += 1
        return int(text.split("\n")[2].split()[2]) - self.questions


class Delay(Server):
    """The program of delay.c: answers of 1 KiB after some milliseconds, on as many connections as there are descriptors."""

    def __init__(self, folder, milliseconds):
        compiler = c_compiler()
        binary = f"{folder}/delay"
        if not os.path.exists(binary):
            subprocess.run([compiler, "-O2", "-o", binary, f"{ROOT}/Benchmarks/delay.c"], check=True)
        process = subprocess.Popen([binary, str(milliseconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   start_new_session=True)
        self.started(process, f"http://127.0.0.1:{process.stdout.readline().strip()}")

    def count(self):
        text = ask(f"{self.base}/count")
        return None if text is None else int(text)


class Demo(Server):
    """The demo server, where there is no C compiler: 100 ms, but a thousand connections at most."""

    def __init__(self):
        process = subprocess.Popen([DEMO, "--quiet", "--latency", "100"], stdout=subprocess.PIPE, text=True,
                                   start_new_session=True)
        base = process.stdout.readline().split()[-1]
        self.started(process, base)
        self.base = f"{base}/latency"
        self.stats = f"{base}/stats"

    def count(self):
        import json
        text = ask(getattr(self, "stats", f"{self.base}/stats"))
        if text is None:
            return None
        self.questions += 1
        return json.loads(text)["requests"] - self.questions


def c_compiler():
    return next(filter(None, map(shutil.which, ("cc", "clang", "gcc"))), None)


def make_certificate(folder):
    """A certificate that vouches for itself, for 127.0.0.1: what --cacert and the like are given."""
    path = f"{folder}/certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", f"{folder}/key.pem", "-out", path], check=True, stderr=subprocess.DEVNULL)
    return path
