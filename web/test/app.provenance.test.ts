import { expect, test } from "vitest";
import { host, provenance, told } from "../src/pages/data/provenance";

test("an item says where it comes from, unless no browser should go there", () => {
  const origin = provenance({
    provenance: {
      url: "http://h/a",
      final_url: "https://h:8080/b",
      fetched_at: "2026-11-29T12:00:00.000000Z",
      robots: "allowed",
      licence: "CC0",
    },
  });
  expect(origin && host(origin.url)).toBe("h:8080");
  expect(origin && told(origin)).toBe(
    "https://h:8080/b, fetched 2026-11-29 12:00:00 UTC, licence CC0, robots.txt allows it",
  );
  for (const metadata of [
    null,
    {},
    { provenance: "web" },
    { provenance: { url: "javascript:alert(1)" } },
    { provenance: { url: 7 } },
    { provenance: { url: "http://" } },
  ]) {
    expect(provenance(metadata)).toBeUndefined();
  }
});
