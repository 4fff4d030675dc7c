import { expect, test } from "vitest";
import type { Schemas } from "../src/api/client";
import { alertWords } from "../src/pages/project/quality/driftWords";
import { layersOf, microseconds, placeOf } from "../src/pages/project/quality/series";
import { namesOf } from "../src/pages/project/quality/titles";
import {
  chanceWords,
  changeWords,
  goldWords,
  intervalWords,
  sentWords,
  trendWords,
} from "../src/pages/project/quality/words";
import { formOfField, geometriesOf, withMethod, withShape } from "../src/pages/project/settings/methodChoice";
import { answered, answeredBy, quoted, usesClass } from "../src/pages/project/taskTests";

test("values of the filter language are quoted where they are more than a word", () => {
  expect(["car", "Ada Lovelace", "and", 'say "no"', "a\\b", "x)y", "Ünal-2"].map(quoted)).toEqual([
    "car",
    '"Ada Lovelace"',
    '"and"',
    '"say \\"no\\""',
    '"a\\\\b"',
    '"x)y"',
    "Ünal-2",
  ]);
  expect([usesClass("car"), answeredBy("Ada L."), answered("mood", "very good")]).toEqual([
    "class:car",
    'labeler:"Ada L."',
    'field.mood:"very good"',
  ]);
});

test("a coefficient is told with its interval, where it has one", () => {
  expect(intervalWords(0.7199, 0.651, 0.779)).toBe("0.72 (0.65 to 0.78)");
  expect(intervalWords(1, null, null)).toBe("1.00");
});

test("gold is told with its interval", () => {
  const gold = { right: 8, all: 10, low: 0.49, high: 0.943, verdict: "undecided" };
  expect(goldWords(gold)).toBe("8 of 10 right, 80 % (49 to 94 %)");
  expect([1, 0.995, 0.97, 0.001, 0].map(chanceWords)).toEqual([
    "over 99 %",
    "over 99 %",
    "97 %",
    "under 1 %",
    "0 %",
  ]);
});

test("a change of a labeler is told only when chance seldom makes it", () => {
  const trend = { start: 0.9, end: 0.6, p_value: 0.01 };
  expect(trendWords(trend)).toMatch(/less and less over time: 90 % .* 60 % at the last \(p = 0\.010\)/);
  expect(trendWords({ ...trend, p_value: 0.05 })).toBeUndefined();
  expect(trendWords(null)).toBeUndefined();
  const change = { at: 40, before: 0.9, after: 0.5, p_value: 0.0002 };
  expect(changeWords(change)).toBe(
    "50 % agree with the consensus from answer 41 on, 90 % did before (p < 0.001).",
  );
  expect(changeWords({ ...change, p_value: 0.2 })).toBeUndefined();
  expect(changeWords({ what: "something else" })).toBeUndefined();
  expect(changeWords(undefined)).toBeUndefined();
});

const SCHEMA = {
  fields: [
    { id: "mood", title: "Mood", kind: { type: "choice", options: [{ id: "good", title: "Good" }] } },
    { id: "stars", title: "Stars", kind: { type: "rating", max: 5 } },
  ],
  classes: [{ id: "car", title: "Car" }],
} as unknown as Schemas["LabelSchema"];

test("columns and values have the names of the schema, and filters where they can be said", () => {
  const names = namesOf(SCHEMA);
  expect([names.column("mood"), names.column("seconds an answer")]).toEqual(["Mood", "Seconds an answer"]);
  expect([names.value("mood", "good"), names.value("classes", "car"), names.value("classes", "bus")]).toEqual(
    ["Good", "Car", "bus"],
  );
  expect(names.filter("mood", "good")).toBe("field.mood:good");
  expect(names.filter("mood", "a / b")).toBeUndefined();
  expect(names.filter("classes", "car")).toBe("class:car");
  expect(names.filter("classes", "gone")).toBeUndefined();
});

test("alarms come before warnings, and agreement that changed by chance is not told", () => {
  const column = { kind: "categories", before: 9, after: 9, psi: 0.4, p_adjusted: 0.01 };
  const drift: Schemas["DriftView"] = {
    split: 1,
    series: [],
    columns: [
      { ...column, column: "mood", alert: "warning" },
      { ...column, column: "stars", alert: "alarm" },
      { ...column, column: "classes", alert: null },
    ],
    agreement: [
      { field: "mood", before: 0.9, after: 0.5, p_value: 0.02 },
      { field: "stars", before: 0.9, after: 0.8, p_value: 0.4 },
    ],
  };
  expect(alertWords(drift, namesOf(SCHEMA))).toEqual([
    { severity: "alarm", words: "Stars changed a lot (PSI 0.40, p = 0.010)." },
    { severity: "warning", words: "Mood changed (PSI 0.40, p = 0.010)." },
    { severity: "warning", words: "Agreement on Mood fell from 90 % to 50 % (p = 0.020)." },
  ]);
});

test("shares over time: the most frequent first, no more than can be told apart, none lost", () => {
  const values = Array.from({ length: 10 }, (_, at) => `v${at}`);
  const counts = [values.map((_, at) => at), values.map(() => 0), values.map((_, at) => at * 2)];
  const layers = layersOf({ column: "mood", values, steps: [0, 10, 20], counts, change_points: [] });
  expect(layers).toHaveLength(7);
  expect(layers[0]).toMatchObject({ value: "v9", total: 27, values: 1, counts: [9, 0, 18] });
  expect(layers[6]).toMatchObject({ value: undefined, values: 4, total: 18 });
  const whole = [0, 1, 2].map((step) => layers.reduce((sum, one) => sum + (one.shares[step] ?? 0), 0));
  expect(whole[0]).toBeCloseTo(1);
  expect(whole[1]).toBe(0);
  expect(whole[2]).toBeCloseTo(1);
  expect(layers.reduce((sum, one) => sum + one.total, 0)).toBe(counts.flat().reduce((sum, one) => sum + one));
  expect(new Set(layers.map((one) => one.colour)).size).toBe(7);
});

test("the moment between the windows lies between the steps, or is not drawn", () => {
  expect(placeOf(15, [0, 10, 20])).toBe(1.5);
  expect(placeOf(-1, [0, 10, 20])).toBeUndefined();
  expect(placeOf(31, [0, 10, 20])).toBeUndefined();
  expect(placeOf(null, [0, 10])).toBeUndefined();
  expect(placeOf(0, [5])).toBeUndefined();
  expect(microseconds("1970-01-01T00:00:01Z")).toBe(1_000_000);
  expect(microseconds("soon")).toBeUndefined();
});

test("what was not sent to review is told", () => {
  expect(sentWords(2, 2)).toBe("2 tasks were sent to review.");
  expect(sentWords(1, 2)).toBe(
    "1 task was sent to review. 1 of 2 stayed: it is in review already, or not all answers are in.",
  );
});

test("the default method is not written into the settings, others are", () => {
  const [first, second] = [
    { id: "krippendorff-alpha", title: "Alpha", paper: "", is_default: true },
    { id: "gwet-ac1", title: "AC1", paper: "", is_default: false },
  ] as const;
  const set = withMethod({}, "mood", "agreement", second);
  expect(set).toEqual({ mood: { agreement: "gwet-ac1", consensus: null } });
  expect(withMethod(set, "mood", "agreement", first)).toEqual({});
  const both = { mood: { agreement: "gwet-ac1", consensus: "dawid-skene" } };
  expect(withMethod(both, "mood", "agreement", first)).toEqual({
    mood: { agreement: null, consensus: "dawid-skene" },
  });
  expect(withShape({}, "box", second)).toEqual({ box: "gwet-ac1" });
  expect(withShape({ box: "gwet-ac1", mask: "em" }, "box", first)).toEqual({ mask: "em" });
});

test("methods are chosen by what a question asks and what regions there are", () => {
  expect(formOfField({ type: "choice", multiple: true, options: [] })).toBe("set");
  expect(formOfField({ type: "choice", multiple: false, options: [] })).toBe("vote");
  expect(formOfField({ type: "rating", max: 5 })).toBe("rating");
  const region = { title: "", color: "#112233" };
  const classes = [
    { id: "a", geometry: ["mask" as const, "box" as const], ...region },
    { id: "b", geometry: ["box" as const], ...region },
  ];
  expect(geometriesOf({ name: "S", modality: "image", fields: [], relations: [], classes })).toEqual([
    "box",
    "mask",
  ]);
  expect(geometriesOf(undefined)).toEqual([]);
});
