#!/usr/bin/env python3
"""Opens what `labelwright convert` writes with datumaro and pycocotools, and checks that they find the same labels.

Usage: check_formats.py LABELWRIGHT. It installs datumaro and pycocotools where scripts/bench_formats.py has them, in
.tools/bench-formats (`make check-formats` runs it).
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench_formats import png, tools  # noqa: E402

# Our format, datumaro's, what datumaro must find of the four kinds of shapes below, and options.
KINDS = {
    "coco": ("coco_instances", {"bbox", "polygon", "mask"}),
    "yolo-darknet": ("yolo", {"bbox"}),
    "voc": ("voc", {"bbox"}),
    "cvat": ("cvat", {"bbox", "polygon", "mask"}),
    "datumaro": ("datumaro", {"bbox", "polygon", "mask"}),
    "kitti": ("kitti_detection", {"bbox"}),
    "open-images": ("open_images", {"bbox"}),
    "labelme-xml": ("label_me", {"bbox", "polygon"}),
    "segment-anything": ("segment_anything", {"mask", "bbox"}),
    "wider-face": ("wider_face", {"bbox"}),
    "dota": ("dota", {"bbox", "rotated_bbox"}),
    "camvid": ("camvid", {"mask"}),
    "coco-panoptic": ("coco_panoptic", {"mask"}),
    "voc-segmentation": ("voc_segmentation", {"mask"}),
}

READ = """
import json, sys
import datumaro
dataset = datumaro.Dataset.import_from(sys.argv[1], sys.argv[2])
found = {}
for item in dataset:
    for one in item.annotations:
        found[one.type.name] = found.get(one.type.name, 0) + 1
print(json.dumps({"items": len(dataset), "found": found}))
"""

COCO = """
import json, sys
from pycocotools.coco import COCO
coco = COCO(sys.argv[1])
areas = [float(coco.annToMask(one).sum()) for one in coco.loadAnns(coco.getAnnIds()) if one["segmentation"]]
print(json.dumps({"items": len(coco.imgs), "found": len(coco.anns), "areas": areas}))
"""


def source(folder, inner, split):
    """Twelve pictures with boxes, polygons and masks."""
    dice = random.Random(3)
    (folder / "images" / inner).mkdir(parents=True)
    images, annotations = [], []
    for number in range(1, 13):
        name = f"{inner}{number:03d}.png"
        (folder / "images" / name).write_bytes(png(64, 48))
        images.append({"id": number, "file_name": name, "width": 64, "height": 48})
        for at in range(3):
            x, y = dice.randint(0, 30), dice.randint(0, 20)
            one = {"id": number * 10 + at, "image_id": number, "category_id": at + 1, "iscrowd": 0, "bbox": [x, y, 20, 10]}
            one["area"] = 200
            one["segmentation"] = []
            if at == 1:
                one["segmentation"] = [[x, y, x + 20, y, x + 20, y + 10, x, y + 10, x - 0.5, y + 5]]
            if at == 2:
                one["segmentation"] = {"size": [48, 64], "counts": [48 * x + y, 10, 38, 10, 48 * 64 - 48 * x - y - 58]}
            annotations.append(one)
    categories = [{"id": at + 1, "name": name} for at, name in enumerate(["car", "tree", "cloud"])]
    document = {"images": images, "annotations": annotations, "categories": categories}
    (folder / f"instances{split}.json").write_text(json.dumps(document))


def main():
    python, labelwright = tools(), sys.argv[1]
    failed = []
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        for ours, (theirs, kinds) in KINDS.items():
            out = place / ours
            # CVAT's parts are those of its projects; WIDER's pictures lie in folders.
            inner, split = "scene/" if ours == "wider-face" else "", "" if ours == "cvat" else "_train"
            source(place / f"{ours}-source", inner, split)
            convert = [labelwright, "convert", "--from", "coco", "--to", ours, place / f"{ours}-source", out]
            subprocess.run(convert, check=True, capture_output=True)
            if ours == "coco":
                path = next(out.rglob("*.json"))
                ran = subprocess.run([python, "-c", COCO, path], capture_output=True, text=True)
                print("coco read by pycocotools:", ran.stdout.splitlines()[-1] if ran.returncode == 0 else ran.stderr[-300:])
                if ran.returncode != 0 or json.loads(ran.stdout.splitlines()[-1])["found"] != 36:
                    failed.append("pycocotools")
            ran = subprocess.run([python, "-c", READ, out, theirs], capture_output=True, text=True)
            if ran.returncode != 0:
                failed.append(ours)
                print(f"{ours} read by datumaro's {theirs}: FAILED: {ran.stderr.strip()[-300:]}")
                continue
            found = json.loads(ran.stdout.splitlines()[-1])
            good = found["items"] == 12 and set(found["found"]) & kinds and set(found["found"]) <= kinds | {"label"}
            print(f"{ours} read by datumaro's {theirs}: {found}{'' if good else ': NOT as expected'}")
            if not good:
                failed.append(ours)
    if failed:
        raise SystemExit(f"not read as they should be: {', '.join(failed)}")


if __name__ == "__main__":
    main()
