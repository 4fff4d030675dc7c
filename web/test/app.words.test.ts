import { expect, test } from "vitest";
import { ApiError } from "../src/api/client";
import { staleAfter } from "../src/app/events";
import { atLeast, givableRoles } from "../src/app/roles";
import { safeNext } from "../src/app/signedIn";
import { repeatsQuery } from "../src/app/sources";
import { level } from "../src/pages/project/level";
import { at, besides } from "../src/ui/errors";
import { bytes, counted, duration, percent } from "../src/ui/format";

test("numbers as people read them", () => {
  expect([0, 999, 1000, 1_234_567, 123_456_789].map(bytes)).toEqual([
    "0 B",
    "999 B",
    "1.0 KB",
    "1.2 MB",
    "123 MB",
  ]);
  expect([0.2, 59, 300, 7200, 5400, 200_000].map(duration)).toEqual([
    "under 1 s",
    "59 s",
    "5 min",
    "2 h",
    "1.5 h",
    "2 days",
  ]);
  expect(counted(1, "task")).toBe("1 task");
  expect(counted(1200, "task")).toBe("1,200 tasks");
  expect(percent(0.123, 1)).toBe("12.3 %");
  expect(percent(null)).toBe("–");
});

test("roles are ordered, and only owners make owners", () => {
  expect(atLeast("manager", "reviewer")).toBe(true);
  expect(atLeast("labeler", "reviewer")).toBe(false);
  expect(atLeast(null, "labeler")).toBe(false);
  expect(givableRoles("owner")).toContain("owner");
  expect(givableRoles("manager")).toEqual(["labeler", "reviewer", "manager"]);
  expect(givableRoles("reviewer")).toEqual([]);
});

test("after signing in one goes on inside this app only", () => {
  expect(safeNext("/projects/1/tasks?state=done")).toBe("/projects/1/tasks?state=done");
  for (const evil of [undefined, "", "https://evil.example", "//evil.example", "/\\evil.example", "evil"]) {
    expect(safeNext(evil)).toBe("/");
  }
});

test("an error is told at its field, the rest beside the button", () => {
  const error = new ApiError({
    status: 422,
    code: "invalid",
    detail: "a name is needed",
    errors: [
      { pointer: "/name", code: "required", message: "a name is needed" },
      { pointer: "/settings/overlap", code: "out_of_range", message: "overlap is 1 to 50" },
    ],
  });
  expect(at(error, "/name")).toBe("a name is needed");
  expect(at(new Error("x"), "/name")).toBeUndefined();
  expect(besides(error, ["/name"])).toBe(error);
  expect(besides(error, ["/name", "/settings/overlap"])).toBeUndefined();
  expect(besides(null, [])).toBeUndefined();
  expect(besides(new ApiError({ status: 0, code: "away", detail: "away" }), ["/name"])?.message).toBe("away");
});

test("a live update makes what shows it stale, a missed one everything", () => {
  expect(staleAfter("job", 3, 1)).toEqual([
    ["job", 3],
    ["workspace", 1, "jobs"],
  ]);
  expect(staleAfter("project", 4, 1)).toEqual([
    ["project", 4],
    ["workspace", 1, "projects"],
  ]);
  // A repeated source tells how its last job went: what makes the jobs stale makes it stale.
  expect(repeatsQuery(1, 4).queryKey.slice(0, 3)).toEqual(staleAfter("job", 3, 1)[1]);
  expect(staleAfter("missed", 0, 1).map(([first]) => first)).toContain("project");
});

test("shades of the agreement matrix go from nothing to all", () => {
  expect([0, 0.19, 0.2, 0.5, 0.99, 1].map(level)).toEqual([0, 0, 1, 2, 4, 4]);
});
