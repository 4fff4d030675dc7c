#!/usr/bin/env python3
"""Measures how fast data comes in and is looked over: a crawl, a million rows of Parquet into the product, near-duplicates
among a million short texts, a profile of 100,000 pictures.

    scripts/bench_collect.py [--pages 10000] [--rows 1000000] [--texts 1000000] [--pictures 100000] [--check]

Everything is made from fixed seeds, and what comes out is compared with what was planted. Prints each figure with its
bound; with --check it fails where a bound is not kept. Needs target/release/labelwright and
target/release/examples/collect_site (`make bench-collect` builds them). Installs numpy, pyarrow and opencv into
.tools/bench-collect.
"""

import argparse
import http.server
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "bench-collect"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
PACKAGES = ["numpy", "pyarrow", "opencv-python-headless"]

# The bounds.
PAGES_A_SECOND = 500
FLAT = 1.5
ROWS_SECONDS = 10
TEXTS_SECONDS, TEXTS_MIB = 60, 2048
PICTURES_SECONDS = 300

# A process begins with the memory of the one that starts it: a small one measures.
MEASURE = """
import json, os, subprocess, sys, time
begun = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
said = process.stdout.read().decode()
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps([status, time.monotonic() - begun, usage.ru_maxrss / 1024, said]))
"""


def python():
    found = TOOLS / "bin" / "python"
    if not found.exists():
        venv.create(TOOLS, with_pip=True)
    subprocess.run([found, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return found


def measured(command):
    """Seconds on the clock, peak memory in MiB, and what was printed by a command that must succeed."""
    ran = subprocess.run([sys.executable, "-c", MEASURE, *map(str, command)], capture_output=True, text=True, check=True)
    status, seconds, memory, said = json.loads(ran.stdout.splitlines()[-1])
    if status != 0:
        raise SystemExit(f"{command} failed:\n{said}{ran.stderr[-2000:]}")
    return seconds, memory, said


def rows(path, count):
    """A Parquet file of short texts with a language and a number."""
    import numpy
    import pyarrow
    import pyarrow.parquet

    dice = numpy.random.default_rng(1)
    words = numpy.array([f"word{number}" for number in range(5000)])
    with pyarrow.parquet.ParquetWriter(path, pyarrow.schema([("id", "string"), ("text", "string"), ("year", "int64")])) as out:
        for start in range(0, count, 100_000):
            size = min(100_000, count - start)
            texts = [" ".join(line) for line in words[dice.integers(0, len(words), (size, 12))]]
            ids = [f"row-{start + at}" for at in range(size)]
            years = dice.integers(1990, 2026, size)
            out.write_table(pyarrow.table({"id": ids, "text": texts, "year": years}))


def texts(path, count):
    """Texts of 15 words; of every hundred one says again what the one before it says, with two more signs. How many."""
    import numpy

    dice = numpy.random.default_rng(2)
    words = numpy.array([f"word{number}" for number in range(20_000)])
    planted = 0
    with open(path, "w") as out:
        for start in range(0, count, 10_000):
            drawn = words[dice.integers(0, len(words), (min(10_000, count - start), 15))]
            for at, line in enumerate(drawn):
                again = at % 100 == 99
                planted += again
                text = " ".join(drawn[at - 1]) + " !" if again else " ".join(line)
                out.write(json.dumps({"key": f"t{start + at}", "text": text}) + "\n")
    return planted


def pictures(folder, count):
    """Pictures of 640 x 480 with smooth grounds and discs; of every hundred one is blurred, and one is there twice."""
    import cv2
    import numpy

    cv2.setNumThreads(1)
    folder.mkdir()
    children = []
    for part in range(os.cpu_count()):
        child = os.fork()
        if child:
            children.append(child)
            continue
        dice = numpy.random.default_rng(3 + part)
        for at in range(part, count, os.cpu_count()):
            ground = dice.integers(0, 255, (12, 16, 3), dtype=numpy.uint8)
            picture = cv2.resize(ground, (640, 480), interpolation=cv2.INTER_CUBIC)
            for _ in range(12):
                centre, colour = dice.integers(0, [640, 480]), dice.integers(0, 255, 3)
                cv2.circle(picture, tuple(map(int, centre)), int(dice.integers(5, 60)), tuple(map(int, colour)), -1)
            if at % 100 == 50:
                picture = cv2.GaussianBlur(picture, (0, 0), 8)
            _, bytes_ = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
            (folder / f"p{at:06}.jpg").write_bytes(bytes_)
            if at % 100 == 99:
                (folder / f"twice{at:06}.jpg").write_bytes(bytes_)
        os._exit(0)
    for child in children:
        _, status = os.waitpid(child, 0)
        assert status == 0, "pictures could not be made"


class Site(http.server.BaseHTTPRequestHandler):
    """Pages of 250 words that link to two more each, as a tree."""

    protocol_version = "HTTP/1.1"
    pages = 0

    def do_GET(self):
        number = self.path.removeprefix("/page/") if self.path != "/" else "0"
        known = number.isdigit() and int(number) < self.pages
        body = (self.page(int(number)) if known else "").encode()
        self.send_response(200 if known else 404)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page(self, number):
        dice = random.Random(number)
        text = " ".join(f"word{dice.randrange(2000)}" for _ in range(250))
        links = "".join(f"<a href=/page/{at}>{at}</a> " for at in (2 * number + 1, 2 * number + 2) if at < self.pages)
        return f"<html lang=en><title>Page {number}</title><main><h1>{number}</h1><p>{text}.</p>{links}</main></html>"

    def log_message(self, *_):
        pass


def crawled(labelwright, pages, place):
    """The most memory in MiB of a crawl of a site in another process."""
    Site.pages = pages
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    words = ["--output", place / f"site-{pages}", "--pages", pages, "--depth", 100, "--rate", 0]
    _, memory, _ = measured([labelwright, "collect", "web", address, *words, "--allow-networks", "127.0.0.1"])
    server.shutdown()
    kept = sum(1 for _ in open(place / f"site-{pages}" / "labelwright.jsonl")) - 1
    assert kept > pages * 0.99, f"{kept} of {pages} pages are kept"
    return memory


def bench(options):
    labelwright = TARGET / "labelwright"
    missed = []

    def tell(what, said, kept):
        print(f"{what}: {said}{'' if kept else '   MISS'}", flush=True)
        if not kept:
            missed.append(what)

    def crawl(pages):
        ran = subprocess.run([TARGET / "examples" / "collect_site", str(pages)], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return [int(number) for number in re.findall(r"(\d+) a second", ran.stderr)]

    if options.pages:
        alone, whole = crawl(options.pages)
        least = min(alone, whole)
        tell(f"crawl of {options.pages} pages", f"{alone} a second, with all that becomes of them {whole} (bound {PAGES_A_SECOND})", least >= PAGES_A_SECOND)

    with tempfile.TemporaryDirectory(prefix="bench-collect-") as place:
        place = Path(place)
        if options.pages:
            small, large = (crawled(labelwright, pages, place) for pages in (options.pages // 10, options.pages))
            counts = f"{options.pages // 10} and {options.pages} pages"
            tell("memory of a crawl", f"{small:.0f} and {large:.0f} MiB at {counts} ({large / small:.2f}x, bound {FLAT})", large / small <= FLAT)
        if options.rows:
            rows(place / "rows.parquet", options.rows)
            data = ["--data", place / "data", "--dataset", "Rows", "--key", "id", "--content", "text"]
            seconds, memory, said = measured([labelwright, "import", place / "rows.parquet", *data, "--json"])
            assert json.loads(said.splitlines()[-1])["added"] == options.rows, said
            tell(f"import of {options.rows} rows of Parquet", f"{seconds:.1f} s, {memory:.0f} MiB (bound {ROWS_SECONDS} s)", seconds <= ROWS_SECONDS)
        if options.texts:
            planted = texts(place / "texts.jsonl", options.texts)
            seconds, memory, said = measured([labelwright, "profile", place / "texts.jsonl", "--json"])
            found = json.loads(said)["duplicates"]["near"]
            assert abs(found - planted) <= planted / 50, f"{found} near-duplicates of {planted}"
            kept = seconds <= TEXTS_SECONDS and memory <= TEXTS_MIB
            tell(f"near-duplicates among {options.texts} texts", f"{found} of {planted} planted, {seconds:.1f} s, {memory:.0f} MiB (bound {TEXTS_SECONDS} s, {TEXTS_MIB} MiB)", kept)
        if options.pictures:
            pictures(place / "pictures", options.pictures)
            seconds, memory, said = measured([labelwright, "profile", place / "pictures", "--json"])
            told = json.loads(said)
            twice = len(range(99, options.pictures, 100))
            assert told["items"] == options.pictures + twice, told["items"]
            assert told["duplicates"]["exact"] == twice, told["duplicates"]
            tell(f"profile of {options.pictures + twice} pictures", f"{seconds:.1f} s, {memory:.0f} MiB (bound {PICTURES_SECONDS} s)", seconds <= PICTURES_SECONDS)
    if missed and options.check:
        raise SystemExit("not kept: " + ", ".join(missed))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in [("pages", 10_000), ("rows", 1_000_000), ("texts", 1_000_000), ("pictures", 100_000)]:
        parser.add_argument(f"--{name}", type=int, default=value, help="0 leaves it out")
    parser.add_argument("--check", action="store_true", help="fail where a bound is not kept")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.inside:
        os.execv(interpreter := str(python()), [interpreter, __file__, *sys.argv[1:], "--inside"])
    bench(options)


if __name__ == "__main__":
    main()
