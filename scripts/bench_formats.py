#!/usr/bin/env python3
"""Measures `labelwright convert` side by side with datumaro, and masks with pycocotools.

Both get the same data on the same disk (in memory where there is one, so that the file system does not hide the
programs), and CPU time is that of the process and its children. What comes out is compared. Prints ratios; with
--check it fails where a bound is not kept. Needs: target/release/labelwright and target/release/examples/masks
(`make bench-formats` builds them). Installs datumaro and pycocotools into .tools/bench-formats.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import venv
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "bench-formats"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
CLASSES = 20
PEAK_MIB = 150


def tools():
    python = TOOLS / "bin" / "python"
    if not python.exists():
        venv.create(TOOLS, with_pip=True)
    packages = ["datumaro[cli]==1.13.12", "pycocotools==2.0.11"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


# A process begins with the memory of the one that starts it: a small one measures.
MEASURE = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps([status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""


def timed(command):
    """CPU seconds and peak memory in MiB of a command that must succeed."""
    ran = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, text=True, check=True)
    status, seconds, memory = json.loads(ran.stdout)
    if status != 0:
        raise SystemExit(f"{command} failed:\n{ran.stderr[-2000:]}")
    return seconds, memory


def least(command, out, rounds=3):
    """The least of a few runs; their peak memory is the largest. The places of earlier runs are kept: an inode that was
    deleted a moment ago is looked at and passed over by some file systems, file by file, which is no work of the program."""
    seconds, memory = [], []
    for number in range(rounds):
        if out.exists():
            out.rename(out.with_name(f"{number}-{out.name}"))
        ran = timed(command)
        seconds.append(ran[0])
        memory.append(ran[1])
    return min(seconds), max(memory)


def png(width, height):
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" * ((width + 7) // 8 + 1)) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def coco(folder, images, objects, with_pictures):
    """A COCO dataset of boxes from a fixed seed."""
    dice = random.Random(1)
    (folder / "annotations").mkdir(parents=True)
    pictures = folder / "images" / "train"
    pictures.mkdir(parents=True)
    picture = png(640, 480)
    categories = [{"id": at + 1, "name": f"class_{at}", "supercategory": ""} for at in range(CLASSES)]
    with open(folder / "annotations" / "instances_train.json", "w") as out:
        out.write('{"info":{},"licenses":[],"categories":' + json.dumps(categories) + ',"images":[')
        for image in range(images):
            name = f"{image:07d}.png"
            entry = {"id": image + 1, "file_name": name, "width": 640, "height": 480}
            out.write(("," if image else "") + json.dumps(entry))
            if with_pictures:
                (pictures / name).write_bytes(picture)
        out.write('],"annotations":[')
        for number in range(images * objects):
            x, y = round(dice.uniform(0, 500), 2), round(dice.uniform(0, 380), 2)
            width, height = round(dice.uniform(5, 139), 2), round(dice.uniform(5, 99), 2)
            entry = {
                "id": number + 1,
                "image_id": number // objects + 1,
                "category_id": dice.randint(1, CLASSES),
                "bbox": [x, y, width, height],
                "area": round(width * height, 4),
                "segmentation": [],
                "iscrowd": 0,
            }
            out.write(("," if number else "") + json.dumps(entry))
        out.write("]}")


def spans(path, texts):
    """Our own JSON Lines with ten spans a text."""
    words = [f"word{number}" for number in range(20)]
    starts = [sum(len(word) + 1 for word in words[:at]) for at in range(20)]
    classes = [{"id": name, "title": name, "geometry": ["span"], "color": "#000000"} for name in ("per", "loc")]
    head = {"name": "n", "modality": "text", "classes": classes}
    regions = []
    for at in range(0, 20, 2):
        span = {"type": "span", "ranges": [[starts[at], starts[at] + len(words[at])]]}
        regions.append({"id": f"r{at}", "geometry": span, "class": ("per", "loc")[at // 2 % 2]})
    answers = [{"source": "a", "answer": {"regions": regions}}]
    with open(path, "w") as out:
        out.write(json.dumps({"format": "labelwright", "version": 1, "project": "p", "schema": head}) + "\n")
        for number in range(texts):
            item = {"key": f"t{number:07d}", "modality": "text", "hash": "", "text": " ".join(words), "answers": answers}
            out.write(json.dumps(item) + "\n")


def yolo_boxes(folder):
    boxes = {}
    for path in folder.rglob("*.txt"):
        if path.name in ("train.txt", "obj.names"):
            continue
        lines = [line.split() for line in path.read_text().splitlines()]
        boxes[path.stem] = sorted((int(line[0]), *(round(float(n), 5) for n in line[1:])) for line in lines)
    return boxes


def same_yolo(ours, theirs):
    ours, theirs = yolo_boxes(ours), yolo_boxes(theirs)
    assert ours.keys() == theirs.keys(), "other pictures"
    for name in ours:
        assert len(ours[name]) == len(theirs[name]), name
        for a, b in zip(ours[name], theirs[name]):
            assert a[0] == b[0] and all(abs(x - y) <= 2e-5 for x, y in zip(a[1:], b[1:])), (name, a, b)


def voc_boxes(folder):
    boxes = {}
    for path in folder.rglob("*.xml"):
        found = []
        for thing in ElementTree.parse(path).getroot().iter("object"):
            box = thing.find("bndbox")
            sides = [float(box.find(side).text) for side in ("xmin", "ymin", "xmax", "ymax")]
            found.append((thing.find("name").text, *(round(side, 2) for side in sides)))
        boxes[path.stem] = sorted(found)
    return boxes


def coco_boxes(path):
    document = json.loads(Path(path).read_text())
    names = {one["id"]: one["name"] for one in document["categories"]}
    files = {one["id"]: Path(one["file_name"]).stem for one in document["images"]}
    boxes = {stem: [] for stem in files.values()}
    for one in document["annotations"]:
        box = [round(side, 2) for side in one["bbox"]]
        boxes[files[one["image_id"]]].append((names[one["category_id"]], *box))
    return {stem: sorted(found) for stem, found in boxes.items()}


def only(folder, pattern):
    found = list(folder.rglob(pattern))
    assert len(found) == 1, found
    return found[0]


MASKS = """
import json, sys, time
import numpy as np
from pycocotools import mask as api
data = open(sys.argv[1], "rb").read()
width, height = np.frombuffer(data[:8], "<u4")
pictures = np.frombuffer(data[8:], np.uint8).reshape(-1, width, height)
pictures = [np.asfortranarray(picture.T) for picture in pictures]
rounds = 5
began = time.perf_counter()
for _ in range(rounds):
    for picture in pictures:
        api.encode(picture)
encode = (time.perf_counter() - began) * 1e6 / rounds / len(pictures)
runs = [api.encode(picture) for picture in pictures]
began = time.perf_counter()
for _ in range(rounds):
    for one in runs:
        api.decode(one)
decode = (time.perf_counter() - began) * 1e6 / rounds / len(pictures)
began = time.perf_counter()
for _ in range(rounds):
    shares = api.iou(runs, runs, [0] * len(runs))
iou = (time.perf_counter() - began) * 1e6 / rounds / len(pictures) ** 2
texts = [one["counts"].decode() for one in runs]
print(json.dumps({"encode": encode, "decode": decode, "iou": iou, "texts": texts, "shares": shares.ravel().tolist()}))
"""


def masks(python, folder):
    """Blobs of 640 x 480: some smooth, some rough."""
    path = folder / "masks.bin"
    make = """
import sys
import numpy as np
dice = np.random.default_rng(1)
y, x = np.mgrid[0:480, 0:640]
with open(sys.argv[1], "wb") as out:
    out.write(np.array([640, 480], "<u4").tobytes())
    for number in range(64):
        cx, cy, rx, ry = dice.uniform(100, 540), dice.uniform(100, 380), dice.uniform(20, 200), dice.uniform(20, 200)
        lit = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1 + 0.3 * np.sin(x / 9) * np.cos(y / 7)
        if number % 4 == 0:
            lit &= dice.random((480, 640)) > 0.05
        out.write(lit.astype(np.uint8).T.tobytes())
"""
    subprocess.run([python, "-c", make, path], check=True)
    theirs = json.loads(subprocess.run([python, "-c", MASKS, path], check=True, capture_output=True, text=True).stdout)
    with open(path, "rb") as data:
        ran = subprocess.run([TARGET / "examples" / "masks"], check=True, capture_output=True, text=True, stdin=data)
    ours = json.loads(ran.stdout)
    assert ours["texts"] == theirs["texts"], "other bytes than pycocotools"
    assert all(abs(a - b) < 1e-12 for a, b in zip(ours["shares"], theirs["shares"])), "another overlap"
    return ours, theirs


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--images", type=int, default=100_000)
    options.add_argument("--small", type=int, default=10_000)
    options.add_argument("--check", action="store_true", help="fail where a bound is not kept")
    options = options.parse_args()
    python = tools()
    datum, labelwright = TOOLS / "bin" / "datum", TARGET / "labelwright"
    memory = Path("/dev/shm")
    where = memory if memory.is_dir() and shutil.disk_usage(memory).free > 8 << 30 else None
    with tempfile.TemporaryDirectory(dir=where, prefix="bench-formats-") as place:
        place = Path(place)
        missed = []

        def compare(what, ours, theirs, least):
            ratio = theirs[0] / ours[0]
            line = f"{what}: labelwright {ours[0]:.2f} s CPU, {ours[1]:.0f} MiB; datumaro {theirs[0]:.2f} s CPU, "
            print(f"{line}{theirs[1]:.0f} MiB; {ratio:.1f} x (bound {least} x)", flush=True)
            if ratio < least:
                missed.append(what)

        def flat(what, of, peaks):
            """Peak memory of runs of several sizes, none of which is above the bound."""
            told = ", ".join(f"{peak:.0f} MiB at {count}" for count, peak in sorted(peaks.items()))
            print(f"{what}, peak memory by {of}: {told} (bound {PEAK_MIB} MiB)", flush=True)
            if max(peaks.values()) > PEAK_MIB:
                missed.append(f"peak memory of {what}")

        large, small = place / "large", place / "small"
        coco(large, options.images, 10, False)
        coco(small, options.small, 10, True)
        run = lambda source, to, out, *more: least([labelwright, "convert", "--to", to, source, out, *more], out)
        # Theirs gets as many runs, where one is short.
        datum_run = lambda out, *more: least([datum, "convert", *more, "-o", out], out)
        none = ["--media", "none"]

        theirs = timed([datum, "convert", "-i", large, "-if", "coco", "-f", "yolo", "-o", place / "d-yolo"])
        ours = run(large, "yolo-darknet", place / "l-yolo", *none)
        same_yolo(place / "l-yolo", place / "d-yolo")
        compare(f"COCO to YOLO, {options.images} pictures", ours, theirs, 20)
        shutil.rmtree(place / "d-yolo")
        shutil.rmtree(place / "l-yolo")
        peaks = {options.images: ours[1]}
        for images in (options.small, 3 * options.images):
            coco(place / "other", images, 10, False)
            convert = [labelwright, "convert", "--to", "yolo-darknet", place / "other", place / "l-other", *none]
            peaks[images] = timed(convert)[1]
            shutil.rmtree(place / "other")
            shutil.rmtree(place / "l-other")
        flat("COCO to YOLO", "pictures", peaks)

        peaks = {}
        for texts in (options.images // 10, options.images):
            spans(place / "spans.jsonl", texts)
            out = place / "spans.conll"
            seconds, peaks[10 * texts] = run(place / "spans.jsonl", "conll2003", out)
            print(f"CoNLL of {10 * texts} spans: {seconds:.2f} s CPU", flush=True)
            assert sum(" B-" in line for line in out.open()) == 10 * texts, "spans are missing"
            out.unlink()
            (place / "spans.jsonl").unlink()
        flat("CoNLL", "spans", peaks)

        theirs = datum_run(place / "d-voc", "-i", small, "-if", "coco", "-f", "voc")
        ours = run(small, "voc", place / "l-voc", *none)
        assert voc_boxes(place / "l-voc") == voc_boxes(place / "d-voc"), "other boxes"
        compare(f"COCO to VOC, {options.small} pictures", ours, theirs, 50)

        # Each reads what it wrote, with the pictures beside it where datumaro wants them.
        shutil.copytree(small / "images" / "train", place / "d-voc" / "JPEGImages", dirs_exist_ok=True)
        theirs = datum_run(place / "d-coco", "-i", place / "d-voc", "-if", "voc", "-f", "coco_instances")
        ours = run(place / "l-voc", "coco", place / "l-coco", *none)
        assert coco_boxes(only(place / "l-coco", "*.json")) == coco_boxes(only(place / "d-coco", "*.json")), "other boxes"
        compare(f"VOC to COCO, {options.small} pictures", ours, theirs, 20)

        theirs = datum_run(place / "d-coco2", "-i", small, "-if", "coco", "-f", "coco_instances")
        ours = run(small, "coco", place / "l-coco2", *none)
        assert coco_boxes(only(place / "l-coco2", "*.json")) == coco_boxes(only(place / "d-coco2", "*.json")), "other boxes"
        compare(f"COCO to COCO, {options.small} pictures", ours, theirs, 20)

        ours, theirs = masks(python, place)
        for what in ("encode", "decode", "iou"):
            ratio = theirs[what] / ours[what]
            print(f"mask {what}: labelwright {ours[what]:.2f} us, pycocotools {theirs[what]:.2f} us; {ratio:.1f} x (bound 2 x)")
            if ratio < 2:
                missed.append(f"mask {what}")
        if missed:
            print("not kept:", ", ".join(missed))
            if options.check:
                sys.exit(1)


if __name__ == "__main__":
    main()
