import { beforeEach, describe, expect, it, vi } from "vitest";
import { allRescued, forget, rescue, rescued } from "../src/core/rescue";

/** As browsers have it: its own keys are what it keeps. */
const STORAGE = {
  getItem(this: Record<string, string>, key: string) {
    return Object.hasOwn(this, key) ? this[key] : null;
  },
  setItem(this: Record<string, string>, key: string, text: string) {
    this[key] = text;
  },
  removeItem(this: Record<string, string>, key: string) {
    delete this[key];
  },
};

describe("rescue", () => {
  beforeEach(() => vi.stubGlobal("localStorage", Object.create(STORAGE)));

  it("gives back what was laid down, each shelf its own", () => {
    rescue("outbox", "a", 5, { words: "one two" });
    rescue("outbox", "b", 6, { words: "three" });
    rescue("drafts", "1:2", 7, { key: "1:2" });
    expect(allRescued("outbox")).toHaveLength(2);
    expect(rescued("outbox", "a")).toEqual({ words: "one two" });
    expect(rescued("drafts", "a")).toBeUndefined();
  });

  it("forgets what is written, and keeps what is newer", () => {
    rescue("drafts", "1:2", 7, "new");
    forget("drafts", "1:2", 6);
    expect(rescued("drafts", "1:2")).toBe("new");
    forget("drafts", "1:2", 7);
    expect(rescued("drafts", "1:2")).toBeUndefined();
  });

  it("takes no harm from what somebody has spoilt", () => {
    localStorage.setItem("labelwright.outbox.x", "no JSON");
    localStorage.setItem("labelwright.outbox.y", "");
    expect(allRescued("outbox")).toEqual([]);
  });
});
