#!/usr/bin/env python3
"""Compares `fetchall crawl` with wget2 -r, and with wget and Scrapy where they are installed, on the HTML of Debian's
python3-doc and debian-reference served by nginx with one worker, interleaved.

nginx's log judges: every row says how many of the pages in ../shared/data/sites were fetched, how many of them twice, and
what else was asked for. fetchall writes a record for each page; the others save or drop the pages.

    Benchmarks/crawl.py [--rounds N] [--max N]
"""
import argparse, gzip, json, os, resource, shutil, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FETCHALL = os.environ.get("FETCHALL_BINARY", f"{ROOT}/.build/release/fetchall")
DATA = os.environ.get("FETCHALL_TEST_DATA", f"{ROOT}/../shared/data")
SITES = {"python3-doc": "python3.11-doc.json.gz", "debian-reference": "debian-reference.json.gz"}
TAGS = "a/href,area/href,iframe/src,frame/src"


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """nginx with one worker and a log of what was asked for."""

    def __init__(self, folder, root):
        self.folder, self.port, self.log = folder, free_port(), f"{folder}/access.log"
        os.makedirs(folder)
        os.chmod(folder, 0o755)
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(
                f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
                "events { worker_connections 4096; }\n"
                f"http {{ include /etc/nginx/mime.types; log_format r '$request_uri'; access_log {self.log} r;"
                " keepalive_requests 100000000; sendfile on; tcp_nopush on;"
                f" server {{ listen 127.0.0.1:{self.port}; root {root}; index index.html; }} }}\n")
        self.process = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(0.5)

    def asked(self):
        """The targets since the last call."""
        time.sleep(0.05)
        with open(self.log) as file:
            lines = file.read().split("\n")[:-1]
        os.truncate(self.log, 0)
        return lines

    def stop(self):
        self.process.terminate()
        self.process.wait()


def programs(start, folder, most):
    common = [FETCHALL, "crawl", start, "--max", str(most), "--max-host", str(most), "--max-depth", "50", "--no-robots",
              "--jsonl", "-o", f"{folder}/out.jsonl"]
    rows = {
        "fetchall": common,
        "fetchall --state": common + ["--state", f"{folder}/state"],
    }
    if shutil.which("wget2"):
        rows["wget2"] = ["wget2", "-q", "-r", "-l", "inf", "--no-parent", f"--follow-tags={TAGS}",
                         f"--max-threads={most}", "--robots=off", "-P", f"{folder}/w2", start]
    if shutil.which("wget"):
        rows["wget"] = ["wget", "-q", "-r", "-l", "inf", "-np", "--follow-tags=a,area,iframe,frame", "-e", "robots=off",
                        "-P", f"{folder}/w1", start]
    if shutil.which("scrapy"):
        spider = f"{folder}/spider.py"
        with open(spider, "w") as file:
            file.write(f"""
from scrapy.spiders import CrawlSpider, Rule
from scrapy.linkextractors import LinkExtractor
class All(CrawlSpider):
    name = "all"
    allowed_domains = ["127.0.0.1"]
    start_urls = ["{start}"]
    custom_settings = dict(LOG_ENABLED=False, ROBOTSTXT_OBEY=False, CONCURRENT_REQUESTS={most},
                           CONCURRENT_REQUESTS_PER_DOMAIN={most}, TELNETCONSOLE_ENABLED=False)
    rules = [Rule(LinkExtractor(tags=("a", "area", "iframe", "frame"), attrs=("href", "src"), deny_extensions=[]),
                  callback="page", follow=True)]
    def page(self, response):
        yield dict(url=response.url, status=response.status)
""")
        rows["scrapy"] = ["scrapy", "runspider", spider, "-o", f"{folder}/scrapy.jsonl"]
    return rows


def measure(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--max", type=int, default=16)
    options = parser.parse_args()
    if not shutil.which("nginx"):
        sys.exit("crawl.py: nginx is not installed (apt install nginx-light wget2 python3-doc debian-reference-en)")
    failed = False
    base = "/dev/shm" if os.path.isdir("/dev/shm") else None
    for name, file in SITES.items():
        if not os.path.exists(f"{DATA}/sites/{file}"):
            print(f"{name}: {DATA}/sites/{file}, the list of its pages, is not there")
            continue
        site = json.load(gzip.open(f"{DATA}/sites/{file}"))
        root, wanted = site["info"]["root"], {url for urls in site["urls"].values() for url in urls}
        if not os.path.isdir(root):
            print(f"{name}: {root} is not there (apt install {name})")
            continue
        with tempfile.TemporaryDirectory(prefix="fetchall-crawl-", dir=base) as folder:
            os.chmod(folder, 0o755)
            nginx = Nginx(f"{folder}/nginx", root)
            try:
                start = f"http://127.0.0.1:{nginx.port}{site['info']['start']}"
                results = {}
                for _ in range(options.rounds):
                    work = f"{folder}/work"
                    os.makedirs(work)
                    for program, command in programs(start, work, options.max).items():
                        nginx.asked()
                        wall, cpu = measure(command)
                        asked = nginx.asked()
                        pages = [target for target in asked if target in wanted]
                        results.setdefault(program, []).append(
                            (wall, cpu, len(set(pages)), len(pages) - len(set(pages)), len(asked) - len(pages)))
                    shutil.rmtree(work)
            finally:
                nginx.stop()
        print(f"{name}: {len(wanted)} URLs, --max {options.max}, median of {options.rounds}")
        print(f"  {'':18}{'wall s':>8}{'cpu s':>8}{'pages/s':>9}{'pages':>7}{'twice':>7}{'other':>7}  ratio to wget2")
        peer = statistics.median(row[0] for row in results["wget2"]) if "wget2" in results else None
        for program, rows in sorted(results.items(), key=lambda item: statistics.median(row[0] for row in item[1])):
            wall, cpu = (statistics.median(row[column] for row in rows) for column in (0, 1))
            pages, twice, other = rows[-1][2:]
            ratio = f"{wall / peer:.2f}" if peer else "-"
            print(f"  {program:18}{wall:8.3f}{cpu:8.3f}{pages / wall:9.0f}{pages:7}{twice:7}{other:7}  {ratio}")
            if program.startswith("fetchall") and any(row[2] != len(wanted) or row[3] or row[4] for row in rows):
                print(f"  {program}: not exactly the wanted URLs, each once")
                failed = True
    sys.exit(1 if failed else 0)


main()
