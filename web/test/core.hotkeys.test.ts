import { describe, expect, it } from "vitest";
import { readOwnKeys } from "../src/app/ownKeys";
import { duplicates, Hotkeys, namesOf, shown } from "../src/core/hotkeys";
import { fitsOneKey, oneKeys } from "../src/core/onekey";
import { rank } from "../src/core/rank";
import { commandOf, schemaKeys, targetOf } from "../src/core/schemakeys";
import type { Field, LabelSchema } from "../src/core/types";
import { AUDIO_KEYS, audioKeys } from "../src/editor/audio/keys";
import { DIALOGUE_KEYS } from "../src/editor/dialogue/keys";
import { IMAGE_KEYS, imageKeys } from "../src/editor/image/keys";
import {
  EDITOR_KEYS,
  FILTER_KEYS,
  FIX_KEYS,
  LABEL_KEYS,
  LOOK_KEYS,
  REVIEW_KEYS,
  SUGGESTION_KEYS,
  WALK_KEYS,
} from "../src/editor/shell/keys";
import { TEXT_KEYS, textKeys } from "../src/editor/text/keys";

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe("keys", () => {
  it("have one meaning in each mode", () => {
    for (const editor of [AUDIO_KEYS, DIALOGUE_KEYS, IMAGE_KEYS, TEXT_KEYS]) {
      expect(duplicates(editor, EDITOR_KEYS, FILTER_KEYS, WALK_KEYS, SUGGESTION_KEYS, LABEL_KEYS)).toEqual(
        [],
      );
      expect(duplicates(editor, EDITOR_KEYS, FILTER_KEYS, WALK_KEYS, FIX_KEYS)).toEqual([]);
    }
    const imageLooks = imageKeys({ name: "Any", modality: "image" }, true);
    expect(imageLooks.map((one) => one.id)).toContain("zoom-in");
    expect(imageLooks.map((one) => one.id)).not.toContain("brush-larger");
    expect(duplicates(imageLooks, LOOK_KEYS, REVIEW_KEYS)).toEqual([]);
    const audioLooks = audioKeys({ name: "Any", modality: "audio", classes: [] }, true);
    expect(audioLooks.map((one) => one.id)).toContain("play");
    expect(audioLooks.map((one) => one.id)).not.toContain("begin-end");
    expect(duplicates(audioLooks, LOOK_KEYS, REVIEW_KEYS)).toEqual([]);
    expect(
      duplicates(
        [{ id: "a", keys: ["x"], what: "", group: "" }],
        [{ id: "b", keys: ["x"], what: "", group: "" }],
      ),
    ).toEqual(["x: a and b"]);
  });

  it("are named the same on keyboards that differ", () => {
    expect(namesOf({ ...plain, key: "a", code: "KeyQ" })).toEqual(["a"]);
    expect(namesOf({ ...plain, key: "A", code: "KeyA", shiftKey: true })).toEqual(["Shift+a"]);
    expect(namesOf({ ...plain, key: "!", code: "Digit1", shiftKey: true })).toEqual(["!", "Shift+1"]);
    // On a French keyboard digits are typed with Shift.
    expect(namesOf({ ...plain, key: "1", code: "Digit1", shiftKey: true })).toEqual(["1"]);
    expect(namesOf({ ...plain, key: "?", code: "Slash", shiftKey: true })).toEqual(["?"]);
    expect(namesOf({ ...plain, key: "Enter", code: "Enter", metaKey: true })).toEqual(["Ctrl+Enter"]);
    expect(shown("Alt+Shift+ArrowLeft")).toBe("Alt + Shift + ←");
    expect(shown("+")).toBe("+");
  });

  it("of a schema win over those of an editor", () => {
    const keys = new Hotkeys();
    keys.add("plugin", 20, textKeys({ name: "", modality: "text", classes: [] }, false), () => true);
    keys.add("editor", 10, EDITOR_KEYS, () => true);
    keys.add("schema", 30, [{ id: "option z", keys: ["z"], what: "Zebra", group: "" }], () => true);
    const undo = keys.list().find((entry) => entry.id === "undo");
    expect(undo?.keys).toEqual(["Ctrl+z"]);
    expect(keys.keyOf("undo")).toBe("Ctrl + Z");
  });

  it("go to the next layer when the first does not want them", () => {
    const keys = new Hotkeys();
    const ran: string[] = [];
    keys.add("low", 1, [{ id: "submit", keys: ["Enter"], what: "", group: "" }], (id) => void ran.push(id));
    const away = keys.add("high", 2, [{ id: "finish", keys: ["Enter"], what: "", group: "" }], (id) => {
      ran.push(id);
      return false;
    });
    const press = () => keys.press({ ...plain, key: "Enter", code: "Enter" }, "page");
    expect(press()).toBe(true);
    expect(ran).toEqual(["finish", "submit"]);
    away();
    press();
    expect(ran).toEqual(["finish", "submit", "submit"]);
    // On a button Enter presses the button; in a text it makes a line.
    expect(keys.press({ ...plain, key: "Enter", code: "Enter" }, "button")).toBe(false);
    expect(keys.press({ ...plain, key: "Enter", code: "Enter" }, "text")).toBe(false);
  });
});

describe("a person's own keys", () => {
  const table = [
    { id: "submit", keys: ["Enter"], what: "Submit", group: "" },
    { id: "skip", keys: ["s"], what: "Skip", group: "" },
    { id: "undo", keys: ["z", "Ctrl+z"], what: "Undo", group: "" },
  ];
  const press = (keys: Hotkeys, key: string) => keys.press({ ...plain, key, code: "" }, "page");

  it("stand in for those that a command comes with, and can be given back", () => {
    const ran: string[] = [];
    const keys = new Hotkeys(new Map([["submit", ["q"]]]));
    const away = keys.add("task", 1, table, (id) => void ran.push(id));
    expect([press(keys, "q"), press(keys, "Enter")]).toEqual([true, false]);
    expect(keys.keyOf("submit")).toBe("Q");
    keys.setOwn(new Map());
    expect([press(keys, "q"), press(keys, "Enter")]).toEqual([false, true]);
    expect(ran).toEqual(["submit", "submit"]);
    away();
    expect(keys.list()).toEqual([]);
  });

  it("that another command has are exchanged: none is left without a key", () => {
    const keys = new Hotkeys();
    keys.add("task", 1, table, () => true);
    expect(keys.assign("submit", "s")?.id).toBe("skip");
    expect([keys.keyOf("submit"), keys.keyOf("skip")]).toEqual(["S", "Enter"]);
    // What has a second key keeps it.
    expect(keys.assign("submit", "z")?.id).toBe("undo");
    expect([keys.keyOf("submit"), keys.keyOf("undo")]).toEqual(["Z", "Ctrl + Z"]);
    expect(keys.assign("skip", "k")).toBeUndefined();
    expect([...keys.own.keys()].sort()).toEqual(["skip", "submit", "undo"]);
  });

  it("do not reach those of the schema", () => {
    const keys = new Hotkeys(new Map([["class car", ["q"]]]));
    const car = { id: "class car", keys: ["1"], what: "Car", group: "Classes", ofSchema: true };
    keys.add("schema", 30, [car], () => true);
    keys.add("task", 1, table, () => true);
    expect(keys.keyOf("class car")).toBe("1");
    expect(keys.assign("submit", "1")?.id).toBe("class car");
    expect(keys.keyOf("submit")).toBe("Enter");
  });

  it("are read back as they were, and nothing else is", () => {
    expect([...readOwnKeys('{"submit":["q"],"bad":7,"none":[],"odd":[1]}')]).toEqual([["submit", ["q"]]]);
    for (const text of [null, "", "{", "[]", "7", "null"]) expect(readOwnKeys(text).size).toBe(0);
  });

  it("run by name what their commands do", () => {
    const keys = new Hotkeys();
    keys.add("low", 1, [{ id: "go", keys: ["g"], what: "", group: "" }], (_, key) => key === "g");
    keys.add("high", 2, [{ id: "go", keys: ["h"], what: "", group: "" }], () => false);
    expect([keys.run("go"), keys.run("stay")]).toEqual([true, false]);
  });
});

describe("one key a task", () => {
  const choice: Field["kind"] = {
    type: "choice",
    options: [
      { id: "yes", title: "Yes", hotkey: "a" },
      { id: "no", title: "No" },
    ],
  };
  const schema = (more: object): LabelSchema =>
    ({
      name: "",
      modality: "text",
      fields: [{ id: "is", title: "Is it?", kind: choice }],
      ...more,
    }) satisfies LabelSchema;

  it("is there where one option is all that is asked", () => {
    expect(fitsOneKey(schema({}))).toBe(true);
    expect(fitsOneKey(schema({ fields: [] }))).toBe(false);
    const several = { ...choice, multiple: true };
    expect(fitsOneKey(schema({ fields: [{ id: "is", title: "", kind: several }] }))).toBe(false);
    const note = { id: "note", title: "", kind: { type: "text" } };
    expect(fitsOneKey(schema({ fields: [{ id: "is", title: "", kind: choice }, note] }))).toBe(false);
    const classes = [{ id: "c", title: "C", color: "#000000", geometry: ["span"] }];
    expect(fitsOneKey(schema({ classes }))).toBe(false);
  });

  it("has the options' keys and one to ignore", () => {
    expect(oneKeys(schema({})).map((entry) => [entry.keys[0], entry.what])).toEqual([
      ["a", "Yes, and go on"],
      ["1", "No, and go on"],
      ["Space", "Ignore: skip it at once"],
    ]);
  });
});

describe("entries that are looked for", () => {
  const entries = [
    { title: "Exports" },
    { title: "Birds: Exports" },
    { title: "Next task" },
    { title: "Cats", words: "export" },
  ];
  it("come with those that begin with the words first", () => {
    const titles = (query: string) => rank(query, entries).map((one) => one.title);
    expect(titles("exp")).toEqual(["Exports", "Birds: Exports", "Cats"]);
    expect(titles("EXP birds")).toEqual(["Birds: Exports"]);
    expect(titles("")).toHaveLength(4);
    expect(titles("tiger")).toEqual([]);
  });
});

describe("keys of a schema", () => {
  const schema = (classes: number): LabelSchema => ({
    name: "",
    modality: "image",
    classes: Array.from({ length: classes }, (_, index) => ({
      id: `c${index}`,
      title: `Class ${index}`,
      color: "#000000",
      geometry: ["box"],
      ...(index === 0 ? { hotkey: "Q" } : {}),
    })),
    fields: [
      {
        id: "weather",
        title: "Weather",
        kind: {
          type: "choice",
          options: [
            { id: "sun", title: "Sun" },
            { id: "rain", title: "Rain", hotkey: "w" },
          ],
        },
      },
    ],
  });

  it("are its own first, then digits, then digits with Shift", () => {
    const keys = schemaKeys(schema(14), ["box"]);
    const of = (id: string) => keys.find((entry) => entry.id === `class ${id}`)?.keys[0];
    expect([of("c0"), of("c1"), of("c10"), of("c11")]).toEqual(["q", "1", "0", "Shift+3"]);
    expect(duplicates(keys)).toEqual([]);
  });

  it("are digits for the first choice where there are no classes", () => {
    const keys = schemaKeys(schema(0), ["box"]);
    expect(keys.map((entry) => entry.keys[0])).toEqual(["1", "w"]);
  });

  it("lead back to what they stand for", () => {
    const target = { kind: "option", field: "a b", option: 'c"d' } as const;
    expect(targetOf(commandOf(target))).toEqual(target);
    expect(targetOf("undo")).toBeUndefined();
  });
});
