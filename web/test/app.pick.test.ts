import { expect, test } from "vitest";
import { DEFAULT_IMPORT, mappingOf } from "../src/app/upload/importFiles";
import { Pace } from "../src/app/upload/pace";
import { columnsOf, delimiterOf, importGroups, joined, ofInput } from "../src/app/upload/pick";

const named = (...names: string[]) => names.map((name) => ({ name }));

test("archives are imported one by one, the rest together", () => {
  expect(importGroups(named("a.zip", "b/c.png", "B.ZIP", "d.png"))).toEqual([
    named("a.zip"),
    named("B.ZIP"),
    named("b/c.png", "d.png"),
  ]);
  expect(importGroups(named("a.zip"))).toEqual([named("a.zip")]);
  expect(importGroups([])).toEqual([]);
});

test("files keep their folders, system files stay out", () => {
  const inFolder = Object.assign(new File(["x"], "a.png"), { webkitRelativePath: "photos/a.png" });
  const hidden = Object.assign(new File(["x"], ".DS_Store"), { webkitRelativePath: "photos/.DS_Store" });
  expect(ofInput([inFolder, hidden, new File(["y"], "b.png")]).map((one) => one.name)).toEqual([
    "photos/a.png",
    "b.png",
  ]);
});

test("the same name chosen again replaces what was chosen before", () => {
  const [first] = ofInput([new File(["1"], "a.csv")]);
  const [second] = ofInput([new File(["22"], "a.csv")]);
  if (!first || !second) throw new Error("nothing was picked");
  expect(joined([first], [second])).toEqual([second]);
});

test("only tables have columns to choose", () => {
  expect(delimiterOf(named("a.csv", "B.CSV"))).toBe(",");
  expect(delimiterOf(named("a.tsv"))).toBe("\t");
  expect(delimiterOf(named("a.csv", "b.png"))).toBeUndefined();
  expect(delimiterOf([])).toBeUndefined();
  const options = { ...DEFAULT_IMPORT, content: "body" };
  expect(mappingOf(named("a.csv"), options)).toMatchObject({ content: "body", key: null });
  const panes = [
    { pane: "Alt text", column: "alt" },
    { pane: "caption", column: "said" },
    { pane: "caption", column: "twice" },
    { pane: "", column: "nameless" },
    { pane: "empty", column: "" },
  ];
  expect(mappingOf(named("a.csv"), { ...options, panes }).panes).toEqual({
    alt_text: "alt",
    caption: "said",
  });
  expect(mappingOf(named("a.png"), { ...options, panes }).panes).toEqual({});
  expect(mappingOf(named("a.png"), options)).toMatchObject({ content: null, key: null });
});

test("columns of a header with quotes, a byte order mark and either line end", () => {
  expect(columnsOf('\uFEFFid,"the, text","say ""hi"""\r\n1,2,3', ",")).toEqual([
    "id",
    "the, text",
    'say "hi"',
  ]);
  expect(columnsOf("id\ttext\n", "\t")).toEqual(["id", "text"]);
  expect(columnsOf("", ",")).toEqual([]);
});

test("the pace is that of the last seconds", () => {
  const pace = new Pace();
  expect(pace.rate()).toBeUndefined();
  pace.note(0, 0);
  pace.note(1000, 500);
  expect(pace.rate()).toBe(500);
  expect(pace.secondsFor(1000)).toBe(2);
  pace.note(20_000, 500);
  pace.note(21_000, 10_500);
  expect(pace.rate()).toBe(10_000);
});
