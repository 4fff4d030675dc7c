// Calls as they are written into the form, and what panels put into addresses.
import { describe, expect, test } from "vitest";
import { giver } from "../src/pages/data/provenance";
import { panelOf } from "../src/pages/give/panel";
import {
  categoriesOf,
  categoriesText,
  EMPTY,
  fieldsOf,
  fieldsText,
  idOf,
  isoTime,
  localTime,
  stateOf,
} from "../src/pages/project/calls/call";

describe("the form of a call", () => {
  test("categories and fields are lines, and come back as they were written", () => {
    expect(categoriesOf("Cat: 200\n\n Dog \n猫")).toEqual([
      { id: "cat", title: "Cat", most: 200 },
      { id: "dog", title: "Dog", most: null },
      { id: idOf("猫"), title: "猫", most: null },
    ]);
    expect(categoriesText(categoriesOf("Cat: 200\nDog"))).toBe("Cat: 200\nDog");
    const lines = "Name*\nAge (number)\nTame (yes or no)\nAnimal (cat | dog)*";
    expect(fieldsOf(lines)).toEqual([
      { id: "name", title: "Name", kind: { type: "text" }, required: true },
      { id: "age", title: "Age", kind: { type: "number" }, required: false },
      { id: "tame", title: "Tame", kind: { type: "yes_no" }, required: false },
      { id: "animal", title: "Animal", kind: { type: "choice", options: ["cat", "dog"] }, required: true },
    ]);
    expect(fieldsText(fieldsOf(lines))).toBe(lines);
  });

  test("every title has a name for programs", () => {
    for (const title of ["Zürich am See", "猫", "  ", "a".repeat(200)]) {
      expect(idOf(title)).toMatch(/^[a-z0-9-]{1,64}$/);
    }
    expect(idOf("猫")).not.toBe(idOf("犬"));
  });

  test("times go into the field and back", () => {
    expect(isoTime(localTime("2026-11-30T12:00:00.000000Z"))).toBe("2026-11-30T12:00:00.000Z");
    expect([localTime(null), isoTime("")]).toEqual(["", null]);
  });

  test("the state follows from what was set", () => {
    const now = Date.parse("2026-11-30T12:00:00Z");
    expect(stateOf(EMPTY, now)).toBe("open");
    expect(stateOf({ ...EMPTY, paused: true }, now)).toBe("paused");
    expect(stateOf({ ...EMPTY, closes_at: "2026-11-30T12:00:00Z" }, now)).toBe("closed");
    expect(stateOf({ ...EMPTY, opens_at: "2026-12-01T12:00:00Z" }, now)).toBe("not yet open");
  });
});

test("panels have names of their own for the same three things", () => {
  const same = { participant: "p1", study: "s1", session: "x1" };
  expect(panelOf("?PROLIFIC_PID=p1&STUDY_ID=s1&SESSION_ID=x1")).toEqual(same);
  expect(panelOf("?workerId=p1&assignmentId=x1&study=s1")).toEqual(same);
  expect(panelOf("")).toEqual({ participant: "", study: "", session: "" });
  expect(panelOf(`?pid=${"x".repeat(500)}`).participant).toHaveLength(200);
});

test("an item says who gave it", () => {
  const provenance = { source: "call", contributor: 3, licence: "CC0", consent: { terms_version: 2 } };
  expect(giver({ provenance })).toBe("Given by contributor 3 under terms 2, CC0");
  expect(giver({ provenance: { source: "web" } })).toBeUndefined();
  expect(giver(null)).toBeUndefined();
});
