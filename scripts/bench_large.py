#!/usr/bin/env python3
"""Measures how the program bears large files: a recording of ten hours, a video of two, a document of a thousand pages, a
study of five hundred slices.

    scripts/bench_large.py [--recording-hours 10] [--video-hours 2] [--pages 1000] [--slices 500] [--program P] [--check]

Each is made from fixed seeds and imported into a fresh data folder; then a server is started, and the item is opened and
moved around in through the API as the editor does it. Prints for each the seconds and the peak memory of the import with
its children, the seconds until everything for the first look is there, the slowest answer after that, and the peak memory of
the server. With --check it fails where a bound is not kept. Needs ffmpeg, and target/release/labelwright unless another
program is named.
"""

import argparse
import array
import http.client
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"

# The bounds.
OPEN_SECONDS = 1.0
SERVER_MIB = 512
# A frame that the server decodes: a process is started, and up to 250 frames are decoded before it.
FRAME_SECONDS = 2.0

# What the editor asks for: web/src/core/pieces.ts.
FIRST_BYTES, PIECE_BYTES = 256 << 10, 64 << 10
PART_BYTES = 1 << 20


def recording(path, hours):
    """Noise in bursts of a second, 16 kHz, one channel, WAVE."""
    dice, rate = random.Random(1), 16_000
    burst = array.array("h", (dice.randint(-9000, 9000) for _ in range(rate)))
    quiet = array.array("h", (value // 50 for value in burst))
    seconds = int(hours * 3600)
    size = seconds * rate * 2
    with open(path, "wb") as out:
        out.write(b"RIFF" + struct.pack("<I", size + 36) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16))
        out.write(b"data" + struct.pack("<I", size))
        for _ in range(seconds):
            out.write((burst if dice.random() < 0.6 else quiet).tobytes())


def video(path, hours):
    """H.264 with B-frames, 25 frames a second, decoding can begin every ten seconds."""
    source = f"testsrc2=size=640x360:rate=25:duration={hours * 3600}"
    words = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "250", "-crf", "38", "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, *words, path], check=True)


def document(path, pages):
    """Forty lines of ten words a page."""
    dice = random.Random(1)
    words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(2, 11))) for _ in range(3000)]
    places = []
    with open(path, "wb") as out:

        def thing(number, body):
            places.append((number, out.tell()))
            out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

        out.write(b"%PDF-1.4\n")
        thing(1, b"<< /Type /Catalog /Pages 2 0 R >>")
        kids = b" ".join(b"%d 0 R" % (4 + 2 * page) for page in range(pages))
        thing(2, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids))
        thing(3, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
        for page in range(pages):
            lines = [" ".join(dice.choices(words, k=10)) for _ in range(40)]
            text = "BT /F1 10 Tf 50 800 Td 18 TL\n" + "".join(f"({line}) Tj T*\n" for line in lines) + "ET"
            size = b"/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            thing(4 + 2 * page, b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (size, 5 + 2 * page))
            thing(5 + 2 * page, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text.encode()))
        start = out.tell()
        out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
        for _, place in sorted(places):
            out.write(b"%010d 00000 n \n" % place)
        out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start))


def study(folder, slices):
    """Computed tomography as it is written everywhere: explicit, little endian, 512 x 512 pixels of 16 bits."""
    folder.mkdir()
    dice = random.Random(1)
    side = 512
    pixels = array.array("h", (int(1000 * abs(x / 256 - 1) + 500 * abs(y / 256 - 1)) + dice.randint(-40, 40)
                               for y in range(side) for x in range(side))).tobytes()

    def element(group, number, kind, value):
        if isinstance(value, str):
            value = value.encode()
            value += (b"\0" if kind == "UI" else b" ") * (len(value) % 2)
        head = struct.pack("<HH", group, number) + kind.encode()
        long = kind in ("OB", "OW")
        return head + (struct.pack("<HI", 0, len(value)) if long else struct.pack("<H", len(value))) + value

    short = lambda number: struct.pack("<H", number)
    root = "1.2.826.0.1.3680043.8.498.1"
    for at in range(slices):
        instance = f"{root}.3.{at + 1}"
        meta = b"".join([element(2, 1, "OB", b"\0\1"), element(2, 2, "UI", "1.2.840.10008.5.1.4.1.1.2"), element(2, 3, "UI", instance),
                         element(2, 0x10, "UI", "1.2.840.10008.1.2.1"), element(2, 0x12, "UI", root)])
        shift = at * 1024 % len(pixels)
        body = [element(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2"), element(8, 0x18, "UI", instance), element(8, 0x60, "CS", "CT"),
                element(0x18, 0x50, "DS", "1"), element(0x20, 0xD, "UI", root + ".1"), element(0x20, 0xE, "UI", root + ".2"),
                element(0x20, 0x13, "IS", str(at + 1)), element(0x20, 0x32, "DS", f"0\\0\\{at}"),
                element(0x20, 0x37, "DS", "1\\0\\0\\0\\1\\0"), element(0x20, 0x52, "UI", root + ".4"),
                element(0x28, 2, "US", short(1)), element(0x28, 4, "CS", "MONOCHROME2"), element(0x28, 0x10, "US", short(side)),
                element(0x28, 0x11, "US", short(side)), element(0x28, 0x30, "DS", "0.7\\0.7"), element(0x28, 0x100, "US", short(16)),
                element(0x28, 0x101, "US", short(16)), element(0x28, 0x102, "US", short(15)), element(0x28, 0x103, "US", short(1)),
                element(0x28, 0x1052, "DS", "-1024"), element(0x28, 0x1053, "DS", "1"),
                element(0x7FE0, 0x10, "OW", pixels[shift:] + pixels[:shift])]
        head = element(2, 0, "UL", struct.pack("<I", len(meta)))
        (folder / f"{at:04}.dcm").write_bytes(b"\0" * 128 + b"DICM" + head + meta + b"".join(body))


def resident(process):
    """MiB that a process and all that it started have in memory now."""
    parents, memory = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)], memory[int(entry.name)] = int(words[1]), int(words[21])
    total = 0
    for one in memory:
        above = one
        while above not in (0, 1, process):
            above = parents.get(above, 0)
        total += memory[one] if above == process else 0
    return total * os.sysconf("SC_PAGE_SIZE") / 2**20


def watched(words):
    """Seconds, and the peak of MiB with children, of a command that must succeed."""
    begun = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    peak = 0.0

    def look():
        nonlocal peak
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(0.02)

    looker = threading.Thread(target=look)
    looker.start()
    said = process.stdout.read()
    process.wait()
    looker.join()
    if process.returncode != 0:
        raise SystemExit(f"{words} failed:\n{said[-2000:]}")
    return time.monotonic() - begun, peak


class Server:
    """A server over a data folder, and somebody who looks at what it has."""

    def __init__(self, program, data):
        words = [program, "serve", "--data", data, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        said = self.process.stdout.readline()
        address = re.search(r"http://(\S+)", said)
        if not address:
            raise SystemExit(f"the server does not start: {said}")
        self.connection = http.client.HTTPConnection(address[1], timeout=120)
        self.slowest = 0.0
        self.headers = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def get(self, path, span=None, timed=True):
        """The body; `span` is its first byte and the one behind its last."""
        headers = dict(self.headers)
        if span:
            headers["Range"] = f"bytes={span[0]}-{span[1] - 1}"
        begun = time.monotonic()
        self.connection.request("GET", "/api/v1" + path, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if timed:
            self.slowest = max(self.slowest, time.monotonic() - begun)
        if answer.status not in (200, 206):
            raise SystemExit(f"{path} {span}: {answer.status} {body[:500]}")
        return body

    def peak(self):
        """MiB that it had in memory at most."""
        return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1024


def opened(server, path):
    """The head of what lies beside an item, where what it speaks of begins, and what came with it."""
    first = server.get(path + "/levels", (0, FIRST_BYTES))
    base = 12 + struct.unpack("<I", first[8:12])[0]
    if base > len(first):
        first = server.get(path + "/levels", (0, base))
    return json.loads(first[12:base]), base


def pieces(server, path, start, end):
    for piece in range(start // PIECE_BYTES, (max(start, end - 1)) // PIECE_BYTES + 1):
        server.get(path + "/levels", (piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES))


def parts(server, path, size, dice, count):
    """Somewhere in the bytes, as players and viewers of documents ask."""
    for _ in range(count):
        start = dice.randrange(max(1, size - PART_BYTES))
        server.get(path + "/media", (start, min(size, start + PART_BYTES)))


def look_recording(server, path, size, dice):
    head, base = opened(server, path)
    server.get(path + "/media", (0, min(size, PART_BYTES)))
    yield
    for _ in range(60):
        for part, unit in (("peaks", head["peaks"]["lanes"] * 4), ("spectrogram", head["spectrogram"]["bands"])):
            level = dice.choice(head[part]["levels"])
            at = dice.randrange(max(1, level["count"] - 1500))
            start = base + level["offset"] + at * unit
            pieces(server, path, start, start + min(1500, level["count"]) * unit)
    parts(server, path, size, dice, 60)


def look_video(server, path, size, dice):
    table = server.get(path + "/levels")
    frames = json.loads(table[12:12 + struct.unpack("<I", table[8:12])[0]])["frames"]
    # The index lies behind the pictures.
    for start in (0, max(0, size - PART_BYTES)):
        server.get(path + "/media", (start, min(size, start + PART_BYTES)))
    yield
    parts(server, path, size, dice, 200)
    slowest = 0.0
    for _ in range(20):
        begun = time.monotonic()
        server.get(f"{path}/frames/{dice.randrange(frames)}", timed=False)
        slowest = max(slowest, time.monotonic() - begun)
    yield slowest


def look_document(server, path, size, dice):
    head, base = opened(server, path)
    pieces(server, path, base, base + head["text_bytes"])
    for start in (0, max(0, size - PIECE_BYTES)):
        server.get(path + "/media", (start, min(size, start + PIECE_BYTES)))
    yield
    before = [0]
    for page in head["pages"]:
        before.append(before[-1] + page["words"])
    for _ in range(100):
        page = dice.randrange(max(1, len(head["pages"]) - 2))
        start = base + head["text_bytes"]
        pieces(server, path, start + before[page] * 36, start + before[min(len(before) - 1, page + 3)] * 36)
    parts(server, path, size, dice, 60)


def look_study(server, path, _, dice):
    head, base = opened(server, path)
    slices = head["slices"]

    def slice_of(at):
        start = base + slices[at]["offset"]
        server.get(path + "/levels", (start, start + slices[at]["bytes"]))

    slice_of(len(slices) // 2)
    yield
    for at in range(len(slices)):
        slice_of(at)
    for _ in range(100):
        slice_of(dice.randrange(len(slices)))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--recording-hours", type=float, default=10)
    options.add_argument("--video-hours", type=float, default=2)
    options.add_argument("--pages", type=int, default=1000)
    options.add_argument("--slices", type=int, default=500)
    options.add_argument("--program", type=Path, default=TARGET / "labelwright")
    options.add_argument("--check", action="store_true", help="fail where a bound is not kept")
    options = options.parse_args()
    if not shutil.which("ffmpeg"):
        raise SystemExit("ffmpeg is missing: apt install ffmpeg")
    program = options.program.resolve()
    cases = [
        (f"recording, {options.recording_hours:g} h", "sound.wav", lambda path: recording(path, options.recording_hours), look_recording),
        (f"video, {options.video_hours:g} h", "video.mp4", lambda path: video(path, options.video_hours), look_video),
        (f"document, {options.pages} pages", "text.pdf", lambda path: document(path, options.pages), look_document),
        (f"study, {options.slices} slices", "study", lambda path: study(path, options.slices), look_study),
    ]
    missed = []

    def bounded(what, value, most, unit):
        if value > most:
            missed.append(f"{what}: {value:.2f} {unit}, bound {most:g}")

    print(f"{'':24} {'bytes':>10} {'import':>8} {'memory':>9} {'opening':>8} {'slowest':>8} {'server':>8}", flush=True)
    for name, file, make, look in cases:
        with tempfile.TemporaryDirectory(prefix="bench-large-") as place:
            source, data = Path(place) / "source", Path(place) / "data"
            source.mkdir()
            make(source / file)
            size = sum(path.stat().st_size for path in source.rglob("*") if path.is_file())
            # The first start makes the workspace.
            with Server(program, data):
                pass
            seconds, memory = watched([program, "import", source, "--dataset", "large", "--data", data])
            words = [program, "token", "create", "owner@localhost.local", "--name", "bench", "--data", data]
            token = subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
            with Server(program, data) as server:
                server.headers = {"Authorization": f"Bearer {token}"}
                [item] = json.loads(server.get("/datasets/1/items", timed=False))["items"]
                path = f"/items/{item['id']}"
                looked = look(server, path, size, random.Random(2))
                begun = time.monotonic()
                next(looked)
                opening = time.monotonic() - begun
                server.slowest = 0.0
                frame = next(looked, None)
                for _ in looked:
                    pass
                peak = server.peak()
                print(f"{name:24} {size / 2**20:6.0f} MiB {seconds:6.1f} s {memory:5.0f} MiB {opening:6.2f} s "
                      f"{server.slowest * 1000:5.0f} ms {peak:4.0f} MiB", flush=True)
                if frame is not None:
                    print(f"{'':24} a frame that the server decodes: {frame:.2f} s at most", flush=True)
                    bounded(f"{name}, a frame", frame, FRAME_SECONDS, "s")
                bounded(f"{name}, opening", opening, OPEN_SECONDS, "s")
                bounded(f"{name}, server", peak, SERVER_MIB, "MiB")
    print(f"bounds: opening {OPEN_SECONDS:g} s, server {SERVER_MIB} MiB, a decoded frame {FRAME_SECONDS:g} s")
    if missed:
        print("not kept:", "; ".join(missed))
        if options.check:
            sys.exit(1)


if __name__ == "__main__":
    main()
