#!/usr/bin/env python3
"""Opens the label maps and segmentations that `labelwright convert` writes with nibabel and highdicom, and checks that
they find the same voxels in the same places.

Usage: check_volumes.py LABELWRIGHT. It installs nibabel and highdicom into .tools/check-volumes.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools" / "check-volumes"
VOLUMES = ROOT / "crates/media/tests/data/volumes"

CHECK = """
import sys
from pathlib import Path
import highdicom, nibabel, numpy as np, pydicom

volumes, out = Path(sys.argv[1]), Path(sys.argv[2])
images = sorted(
    (pydicom.dcmread(path) for path in (volumes / "series").iterdir()), key=lambda image: image.ImagePositionPatient[2]
)
instances = [image.SOPInstanceUID for image in images]

def masks(path):
    found = highdicom.seg.segread(path)
    assert found.segmentation_type.value == "BINARY"
    pixels = found.get_pixels_by_source_instance(instances, assert_missing_frames_are_empty=True)
    labels = [found.get_segment_description(number).segment_label for number in found.segment_numbers]
    return {label: pixels[..., at] for at, label in enumerate(labels)}, found

wanted, first = masks(volumes / "segmentation.dcm")
[written] = out.joinpath("seg/segmentations").iterdir()
found, second = masks(written)
assert sorted(found) == sorted(wanted), (sorted(found), sorted(wanted))
for label, pixels in wanted.items():
    assert (found[label] == pixels).all(), label
one, two = (seg.get_volume().affine for seg in (first, second))
assert np.allclose(one, two, atol=1e-4), (one, two)
assert second.FrameOfReferenceUID == first.FrameOfReferenceUID

# The same masks as a label map: columns, rows, slices, towards the right, front and head.
[path] = out.joinpath("map/labelsTr").iterdir()
image = nibabel.load(path)
data = np.asarray(image.dataobj)
values = {"lesion": 1, "liver": 2} if data[2, 10, 2] == 1 else {"liver": 1, "lesion": 2}
for label, value in values.items():
    assert (data == value).sum() == wanted[label].sum(), label
    assert ((data == value) == (wanted[label].transpose(2, 1, 0) == 1)).all(), label
spacing = image.header.get_zooms()
assert np.allclose(spacing, (0.5, 0.8, 2.5)), spacing
assert np.allclose(image.affine[:3, 3], (10, 20, 30)), image.affine

# A label map that was read is written on the same grid again.
before = nibabel.load(volumes / "labels.nii.gz")
[path] = out.joinpath("again/labelsTr").iterdir()
after = nibabel.load(path)
assert np.allclose(before.affine, after.affine)
assert (np.asarray(before.dataobj) == np.asarray(after.dataobj)).all()
print(f"nibabel {nibabel.__version__} and highdicom {highdicom.__version__} find the same voxels in the same places")
"""


def tools():
    python = TOOLS / "bin" / "python"
    if not python.exists():
        venv.create(TOOLS, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "nibabel==5.4.2", "highdicom==0.28.2"], check=True)
    return python


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        scans, maps = folder / "scans", folder / "maps"
        (scans / "ct").mkdir(parents=True)
        for path in (VOLUMES / "series").iterdir():
            (scans / "ct" / path.name).write_bytes(path.read_bytes())
        (scans / "seg.dcm").write_bytes((VOLUMES / "segmentation.dcm").read_bytes())
        (maps / "labelsTr").mkdir(parents=True)
        (maps / "imagesTr").mkdir()
        (maps / "labelsTr/case.nii.gz").write_bytes((VOLUMES / "labels.nii.gz").read_bytes())
        (maps / "imagesTr/case_0000.nii.gz").write_bytes((VOLUMES / "volume.nii.gz").read_bytes())
        for source, read, write, name in [
            (scans, "dicom-seg", "dicom-seg", "seg"),
            (scans, "dicom-seg", "nifti", "map"),
            (maps, "nifti", "nifti", "again"),
        ]:
            command = [program, "convert", "--from", read, "--to", write, source, folder / "out" / name]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([tools(), "-c", CHECK, VOLUMES, folder / "out"], check=True)


if __name__ == "__main__":
    main()
