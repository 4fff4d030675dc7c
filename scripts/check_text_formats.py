#!/usr/bin/env python3
"""Opens what labelwright writes with the reference readers and compares values.

    cargo build -p labelwright-formats --example samples
    scripts/check_text_formats.py target/debug/examples/samples

The program writes the same few items in every format; this script knows what they say. It installs the readers into
.tools/text-formats (`make check-formats` does all of it).
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import venv

TOOLS = pathlib.Path(__file__).resolve().parent.parent / ".tools" / "text-formats"
READERS = """
spacy==3.8.18 praatio==6.2.2 pympi-ling==1.71 pysrt==1.1.2 webvtt-py==0.6.0 conllu==6.0.0 label-studio-sdk==2.1.2
numpy==2.2.6 datasets==5.2.0 dkpro-cassis==0.12.0 motmetrics==1.4.0
html5lib==1.1 pyannote.database==6.1.1
""".split()

TEXT = "Zoë 👩‍👧 left Lyon"
SPANS = [(0, 3, "PER"), (13, 17, "LOC")]
INTERVALS = [(0.5, 1.25, "ann", 'he said "hi"'), (2.0, 3.5, "bob", "fine")]


def check(name, found, wanted):
    if found != wanted:
        sys.exit(f"{name}: found {found!r}, wanted {wanted!r}")
    print(f"{name}: ok")


def with_readers():
    """Goes on in the Python that has the readers."""
    python = TOOLS / "bin" / "python"
    if pathlib.Path(sys.prefix) == TOOLS:
        return
    if not python.exists():
        venv.create(TOOLS, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *READERS], check=True)
    os.execv(python, [python, *sys.argv])


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        root = pathlib.Path(folder)
        text_formats(root)
        sound_formats(root)
        brush(root)
        documents(root)
        tracks(root)
        datasets_and_shards(root)
        trainers(root)


def text_formats(root):
    import conllu
    import spacy
    from spacy.tokens import DocBin

    docs = list(DocBin().from_disk(root / "spacy/labels.spacy").get_docs(spacy.blank("xx").vocab))
    check("spacy text", docs[0].text, TEXT)
    check("spacy entities", [(e.start_char, e.end_char, e.label_) for e in docs[0].ents], SPANS)
    check("spacy cats", docs[0].cats, {"good": 1.0})
    # Reading their own bytes again proves that nothing is odd in them.
    again = DocBin(docs=docs).to_bytes()
    check("spacy again", len(list(DocBin().from_bytes(again).get_docs(spacy.blank("xx").vocab))), 1)

    [sentence] = conllu.parse((root / "conllu/labels.conllu").read_text())
    check("conllu text", sentence.metadata["text"], TEXT)
    tags = [(token["form"], (token["misc"] or {}).get("NER")) for token in sentence]
    check("conllu entities", [tag for tag in tags if tag[1]], [("Zoë", "B-PER"), ("Lyon", "B-LOC")])

    lines = [json.loads(line) for line in (root / "doccano/all.jsonl").read_text().splitlines()]
    surface = [TEXT[one["start_offset"]:one["end_offset"]] for one in lines[0]["entities"]]
    check("doccano offsets are code points", surface, ["Zoë", "Lyon"])


def sound_formats(root):
    import pysrt
    import webvtt
    from praatio import textgrid
    from pyannote.database.util import load_rttm
    from pympi import Eaf

    grid = textgrid.openTextgrid(str(next(root.glob("textgrid/*.TextGrid"))), includeEmptyIntervals=False)
    found = [(e.start, e.end, name, e.label) for name in grid.tierNames for e in grid.getTier(name).entries]
    check("textgrid", found, INTERVALS)

    eaf = Eaf(str(next(root.glob("elan/*.eaf"))))
    found = [(a / 1000, b / 1000, tier, said) for tier in eaf.get_tier_names() for a, b, said in eaf.get_annotation_data_for_tier(tier)]
    check("elan", sorted(found), INTERVALS)

    eaf = Eaf(str(next(root.glob("elan-tiers/*.eaf"))))
    tiers = {}
    for name in eaf.get_tier_names():
        about = eaf.get_parameters_for_tier(name)
        kind = eaf.get_parameters_for_linguistic_type(about["LINGUISTIC_TYPE_REF"])
        tiers[name] = (about.get("PARENT_REF"), kind.get("CONSTRAINTS"))
    wanted = {"turn": (None, None), "word": ("turn", "Time_Subdivision"), "gloss": ("word", "Symbolic_Association")}
    check("elan tiers", tiers, wanted)
    check("elan parts", sorted(eaf.get_annotation_data_for_tier("word")), [(500, 900, "hi"), (900, 1500, "you")])
    # pympi finds the times of a reference only where its parent tier lies within none: the references are looked at.
    words, glosses = eaf.tiers["word"][0], eaf.tiers["gloss"][1]
    check("elan references", [(words[to][2], said) for to, said, *_ in glosses.values()], [("you", "PRON")])

    subtitles = pysrt.open(str(next(root.glob("srt/*.srt"))))
    check("srt", [(s.start.ordinal / 1000, s.end.ordinal / 1000, s.text) for s in subtitles], [(a, b, said) for a, b, _, said in INTERVALS])

    captions = webvtt.read(str(next(root.glob("webvtt/*.vtt"))))
    check("webvtt", [(c.start_time.in_milliseconds() / 1000, c.voice, c.text) for c in captions], [(a, who, said) for a, _, who, said in INTERVALS])

    [turns] = load_rttm(root / "rttm/labels.rttm").values()
    said = [(turn.start, round(turn.end, 3), who) for turn, _, who in turns.itertracks(yield_label=True)]
    check("rttm", said, [i[:3] for i in INTERVALS])


def trainers(root):
    """Columns and types as TRL's trainers take them from the datasets library (its page "Dataset formats and types")."""
    import datasets

    def row(name):
        [path] = (root / name).iterdir()
        [found] = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(root / "trainers"))
        return found

    def said(messages):
        return [(message["role"], message["content"]) for message in messages]

    user, hello = ("user", "Hi"), ("assistant", "Hello")
    check("conversation for fine-tuning", said(row("sft")["messages"]), [user, hello])
    pair = row("preference")
    found = [said(pair[name]) for name in ("prompt", "chosen", "rejected")]
    check("preference", found, [[user], [hello], [("assistant", "No")]])
    [path] = (root / "judged-completions").iterdir()
    judged = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(root / "trainers"))
    found = [(said(one["completion"]), one["label"]) for one in judged]
    check("judged completions", found, [([hello], True), ([("assistant", "No")], False)])
    steps = row("stepwise")
    check("steps", (steps["prompt"], steps["completions"], steps["labels"]), ("user: Hi", ["one", "two"], [True, False]))


def datasets_and_shards(root):
    import datasets
    from cassis import load_cas_from_xmi, load_typesystem

    with (root / "uima-xmi/TypeSystem.xml").open("rb") as file:
        types = load_typesystem(file)
    with next((root / "uima-xmi").rglob("ann.xmi")).open("rb") as file:
        cas = load_cas_from_xmi(file, typesystem=types)
    check("uima text", cas.sofa_string, TEXT)
    found = [(one.get_covered_text(), one.label) for one in cas.select("webanno.custom.Span")]
    check("uima spans", found, [(TEXT[start:end], label) for start, end, label in SPANS])

    # The library reads the footer of the shard; boxes and spans are lists in structures.
    [shard] = (root / "hugging-face/data").glob("*.parquet")
    [row] = datasets.Dataset.from_parquet(str(shard), cache_dir=str(root / "cache"))
    check("hugging face", (row["text"], list(zip(row["spans"]["start"], row["spans"]["end"]))), (TEXT, [span[:2] for span in SPANS]))

    # Classes and pictures are what the footers of the shards alone say.
    shards = [str(shard) for shard in (root / "hugging-face-pictures/data").glob("*.parquet")]
    dataset = datasets.load_dataset("parquet", data_files=shards, split="train", cache_dir=str(root / "cache"))
    features = dataset.features
    check("hugging face field", features["scene"], datasets.ClassLabel(names=["day", "night"]))
    check("hugging face picture", (type(features["image"]), features["image"].decode), (datasets.Image, True))
    category = features["objects"]["category"]
    check("hugging face classes", category.feature, datasets.ClassLabel(names=["car", 'bus: "big"']))
    [row] = dataset
    check("hugging face pixels", (row["image"].size, row["image"].getpixel((3, 3))), ((8, 6), 128))
    check("hugging face row", (row["scene"], row["objects"]["category"], row["objects"]["bbox"]), (1, [1], [[1, 2, 3, 4]]))
    # The card beside them says the same.
    whole = datasets.load_dataset(str(root / "hugging-face-pictures"), split="train", cache_dir=str(root / "cache2"))
    check("hugging face card", whole.features, features)


def tracks(root):
    import motmetrics
    import numpy

    # motmetrics 1.4.0 asks for a function that the second version of numpy has no more.
    numpy.asfarray = lambda values: numpy.asarray(values, dtype=float)

    # The library counts pixels from 0 as it reads this form, and takes the 1 of ours away.
    rows = motmetrics.io.loadtxt(str(next(root.glob("mot/**/gt.txt"))), fmt="mot15-2D")
    found = [(frame, at, *(row[key] for key in ("X", "Y", "Width", "Height"))) for (frame, at), row in rows.iterrows()]
    wanted = [(1, 1, 10, 20, 30, 40), (2, 1, 12, 20, 30, 40), (2, 2, 50, 60, 7, 8), (3, 1, 14, 20, 30, 40), (3, 2, 50, 60, 7, 8)]
    check("motmetrics", found, wanted)
    scores = motmetrics.metrics.create().compute(
        motmetrics.utils.compare_to_groundtruth(rows, rows, "iou", distth=0.5), metrics=["num_objects", "mota", "idf1"]
    )
    check("motmetrics scores", scores.iloc[0].tolist(), [5, 1, 1])


def brush(root):
    from label_studio_sdk.converter.brush import decode_rle

    [task] = json.loads((root / "label-studio/tasks.json").read_text())
    value = next(item["value"] for item in task["annotations"][0]["result"] if item["type"] == "brushlabels")
    alpha = decode_rle(value["rle"]).reshape(6, 8, 4)[:, :, 3]
    wanted = [[255 if 2 <= x < 5 and 1 <= y < 4 else 0 for x in range(8)] for y in range(6)]
    check("label studio brush", alpha.tolist(), wanted)


def documents(root):
    import xml.etree.ElementTree

    import html5lib
    from label_studio_sdk.label_interface import LabelInterface

    page = html5lib.parse((root / "hocr/page.hocr").read_bytes(), namespaceHTMLElements=False)
    elements = [(one.get("class"), one.get("title"), one.text) for one in page.iter() if "ocr" in (one.get("class") or "")]
    words = [(title.split("; x_spans")[0], text) for name, title, text in elements if name == "ocrx_word"]
    check("html5lib words", words, [("bbox 10 10 30 20; x_wconf 75", "Zoë"), ("bbox 35 10 48 20", "<7>")])
    floats = [title for name, title, _ in elements if name == "ocr_float"]
    check("html5lib labels", floats, ['bbox 9 8 50 22; x_label "total:Zo%C3%AB%3A 7"'])
    check("html5lib page", elements[0][1], 'image "page.png"; bbox 0 0 100 60; ppageno 0')

    alto = xml.etree.ElementTree.parse(root / "alto/page.xml").getroot()
    space = {"a": "http://www.loc.gov/standards/alto/ns-v4#"}
    sides = ["HPOS", "VPOS", "WIDTH", "HEIGHT"]
    words = [(one.get("CONTENT"), [float(one.get(side)) for side in sides]) for one in alto.iterfind(".//a:String", space)]
    check("alto words", words, [("Zoë", [10, 10, 20, 10]), ("<7>", [35, 10, 13, 10])])
    tags = {tag.get("ID"): (tag.get("TYPE"), tag.get("LABEL")) for tag in alto.find("a:Tags", space)}
    tagged = [(one.get("CONTENT"), tags[one.get("TAGREFS")]) for one in alto.iterfind(".//*[@TAGREFS]", space)]
    check("alto tags", tagged, [("Zoë", ("PER", "Zoë")), (None, ("region", "total"))])

    studio = LabelInterface((root / "label-studio-ocr/label_config.xml").read_text())
    [task] = json.loads((root / "label-studio-ocr/tasks.json").read_text())
    [annotation] = task["annotations"]
    check("label studio annotation", studio.validate_annotation(annotation), True)
    said = [(one["id"], one["type"], one["value"].get("text")) for one in annotation["result"]]
    check("label studio text", said, [("b", "rectanglelabels", None), ("b", "textarea", ["Zoë: 7"])])


if __name__ == "__main__":
    with_readers()
    main()
