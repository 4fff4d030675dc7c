#!/usr/bin/env python3
"""Measures the augmentation of pictures with boxes and masks beside albumentations, on the same pictures, in one run.

    scripts/bench_augment.py [--seconds 3] [--pictures 32] [--target DIR]

Makes its own environment with the libraries under .tools/augment on first use, and builds the example `bench_augment` in
release mode. Pictures are 640 x 480 with ten boxes and four masks each; both sides hold them in memory, so that no file is
read or written while it is measured. albumentations is measured with as many threads of OpenCV as there are cores and with
one, and the better one counts; besides, as many processes of it as there are cores. A ratio is ours / theirs.

What is exact is checked: flips to the pixel, of pictures, boxes and masks; masks of affine maps against the pixel rule
(a pixel takes what lies where its centre comes from), computed here by numpy.
"""

import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "augment"
PACKAGES = ["albumentations", "numpy", "opencv-python-headless"]
WIDTH, HEIGHT = 640, 480


def environment():
    """The interpreter that has the libraries; makes it if it is not there."""
    python = TOOLS / "bin" / "python"
    stamp = TOOLS / ".ready"
    if not stamp.exists() or stamp.read_text() != repr(PACKAGES):
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        stamp.write_text(repr(PACKAGES))
    return str(python)


def counts(mask):
    """Runs of dark and lit pixels in turn, column by column."""
    import numpy as np

    flat = mask.T.reshape(-1)
    edges = np.concatenate([[0], np.flatnonzero(np.diff(flat)) + 1, [flat.size]])
    runs = np.diff(edges).tolist()
    return runs if flat[0] == 0 else [0, *runs]


def unpacked(runs):
    import numpy as np

    values = np.arange(len(runs)) % 2
    return np.repeat(values, runs).astype(np.uint8).reshape(WIDTH, HEIGHT).T


def samples(folder, number):
    """Pictures with a smooth ground and noise, boxes and elliptic masks."""
    import cv2
    import numpy as np

    chance = np.random.default_rng(5)
    labels = []
    for at in range(number):
        small = chance.integers(0, 256, (12, 16, 3), dtype=np.uint8)
        picture = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        picture = cv2.add(picture, chance.integers(0, 20, picture.shape, dtype=np.uint8))
        name = f"{at:03}.png"
        cv2.imwrite(str(folder / name), picture[:, :, ::-1])
        boxes = []
        for _ in range(10):
            width, height = chance.integers(20, 200, 2).tolist()
            boxes.append([int(chance.integers(0, WIDTH - width)), int(chance.integers(0, HEIGHT - height)), width, height])
        masks = []
        for _ in range(4):
            mask = np.zeros((HEIGHT, WIDTH), np.uint8)
            centre = (int(chance.integers(80, WIDTH - 80)), int(chance.integers(80, HEIGHT - 80)))
            sides = tuple(int(side) for side in chance.integers(20, 75, 2))
            cv2.ellipse(mask, centre, sides, float(chance.integers(0, 180)), 0, 360, 1, -1)
            masks.append(counts(mask))
        labels.append({"name": name, "boxes": boxes, "masks": masks})
    (folder / "labels.json").write_text(json.dumps(labels))


def loaded(folder):
    import cv2
    import numpy as np

    found = []
    for own in json.loads((folder / "labels.json").read_text()):
        picture = np.ascontiguousarray(cv2.imread(str(folder / own["name"]))[:, :, ::-1])
        boxes = np.array([[x, y, x + w, y + h] for x, y, w, h in own["boxes"]], dtype=np.float32)
        found.append((picture, boxes, [unpacked(runs) for runs in own["masks"]]))
    return found


def transforms():
    import albumentations as A

    boxes = A.BboxParams(format="pascal_voc", label_fields=["classes"])
    affine = dict(scale=(0.9, 1.1), shear=(-5, 5), rotate=(-15, 15), translate_percent=(-0.05, 0.05), p=1)
    return {
        "flip": A.Compose([A.HorizontalFlip(p=1)], bbox_params=boxes),
        "affine": A.Compose([A.Affine(**affine)], bbox_params=boxes),
        "brightness": A.Compose([A.RandomBrightnessContrast(p=1)], bbox_params=boxes),
        "hue": A.Compose([A.HueSaturationValue(p=1)], bbox_params=boxes),
    }


def peer(folder, seconds, threads, name):
    """Pictures a second by albumentations, printed."""
    import time

    import cv2

    cv2.setNumThreads(threads)
    data, transform = loaded(folder), transforms()[name]
    classes = ["thing"] * 10
    for picture, boxes, masks in data[:3]:
        transform(image=picture, bboxes=boxes, masks=masks, classes=classes)
    count, started = 0, time.monotonic()
    while time.monotonic() - started < seconds:
        picture, boxes, masks = data[count % len(data)]
        transform(image=picture, bboxes=boxes, masks=masks, classes=classes)
        count += 1
    print(count / (time.monotonic() - started))


def check(folder, ours):
    """Flips, and masks of affine maps, to the pixel."""
    import numpy as np

    data = loaded(folder)
    for number, child in enumerate(ours["flip"]["children"]):
        picture, boxes, masks = data[number]
        pixels = np.frombuffer((folder / child["pixels"]).read_bytes(), np.uint8).reshape(HEIGHT, WIDTH, 3)
        assert (pixels == picture[:, ::-1]).all(), "pixels of a flip"
        shapes = [region["geometry"] for region in child["answer"]["regions"]]
        for shape, (left, top, right, bottom) in zip(shapes, boxes.tolist()):
            wanted = [WIDTH - right, top, right - left, bottom - top]
            assert [shape[key] for key in ("x", "y", "width", "height")] == wanted, "boxes of a flip"
        for shape, mask in zip(shapes[10:], masks):
            assert (unpacked(shape["counts"]) == mask[:, ::-1]).all(), "masks of a flip"
    for number, child in enumerate(ours["affine"]["children"]):
        own = child["operations"][0]
        lean, turn = math.tan(math.radians(own["shear"])), math.radians(own["degrees"])
        linear = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        linear = linear @ np.array([[1, lean], [0, 1]]) * own["scale"]
        inverse = np.linalg.inv(linear)
        x, y = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
        x, y = x - WIDTH / 2 - own["translate"][0] * WIDTH, y - HEIGHT / 2 - own["translate"][1] * HEIGHT
        u = np.floor(inverse[0, 0] * x + inverse[0, 1] * y + WIDTH / 2).astype(int)
        v = np.floor(inverse[1, 0] * x + inverse[1, 1] * y + HEIGHT / 2).astype(int)
        inside = (u >= 0) & (v >= 0) & (u < WIDTH) & (v < HEIGHT)
        kept = {region["id"]: region["geometry"] for region in child["answer"]["regions"]}
        for at, mask in enumerate(data[number][2]):
            wanted = np.where(inside, mask[v.clip(0, HEIGHT - 1), u.clip(0, WIDTH - 1)], 0)
            shape = kept.get(f"r{10 + at}")
            differs = int((unpacked(shape["counts"]) != wanted).sum()) if shape else int(wanted.sum())
            # A centre that comes from a border between two pixels may be rounded to either side.
            assert differs <= 2, f"{differs} pixels of a mask of an affine map"
    print("flips and masks are exact")


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seconds", type=float, default=3)
    words.add_argument("--pictures", type=int, default=32)
    words.add_argument("--target", default=os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target")))
    words.add_argument("--peer", nargs=3, help=argparse.SUPPRESS)
    words.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    words = words.parse_args()
    if words.peer:
        folder, threads, name = words.peer
        return peer(pathlib.Path(folder), words.seconds, int(threads), name)
    if not words.inside:
        python = environment()
        build = ["cargo", "build", "--release", "-p", "labelwright-generate", "--example", "bench_augment"]
        subprocess.run([*build, "--target-dir", words.target], check=True, cwd=ROOT)
        os.execv(python, [python, __file__, *sys.argv[1:], "--inside"])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        samples(folder, words.pictures)
        example = pathlib.Path(words.target) / "release" / "examples" / "bench_augment"
        subprocess.run([str(example), str(folder), str(words.seconds)], check=True)
        ours = json.loads((folder / "ours.json").read_text())
        check(folder, ours)
        cores = os.cpu_count()
        own = [sys.executable, __file__, "--seconds", str(words.seconds), "--peer", str(folder)]
        print(f"{'':12}{'ours, 1':>10}{'theirs':>10}{'ratio':>8}{'ours, ' + str(cores):>10}{'theirs':>10}{'ratio':>8}   pictures a second")
        for name, said in ours.items():
            alone = max(
                float(subprocess.run([*own, str(threads), name], check=True, capture_output=True).stdout)
                for threads in (1, cores)
            )
            many = [subprocess.Popen([*own, "1", name], stdout=subprocess.PIPE) for _ in range(cores)]
            together = sum(float(child.communicate()[0]) for child in many)
            one, every = said["one"], said["all"]
            print(f"{name:12}{one:10.0f}{alone:10.0f}{one / alone:8.2f}{every:10.0f}{together:10.0f}{every / together:8.2f}")


if __name__ == "__main__":
    main()
