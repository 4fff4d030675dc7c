// The way of a label as people go it: from raw files on an empty server to files that other programs read.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { type Area, SENTENCES, STREET } from "./make";
import { Server } from "./server";
import * as steps from "./story.steps";

const python = process.env.LABELWRIGHT_PYTHON ?? "../.tools/python/bin/python";

/** What pycocotools sees: of every picture the classes with their boxes and the pixels of their outlines. */
const READ_COCO = `
import contextlib, json, sys
from pycocotools.coco import COCO
with contextlib.redirect_stdout(sys.stderr):
    coco = COCO(sys.argv[1])
seen = {}
for one in coco.loadAnns(coco.getAnnIds()):
    picture = coco.loadImgs(one["image_id"])[0]["file_name"]
    title = coco.loadCats(one["category_id"])[0]["name"]
    seen.setdefault(picture, []).append([title, one["bbox"], int(coco.annToMask(one).sum())])
print(json.dumps(seen))
`;

test("a label's way, from raw files to files that others read", async ({ page: owner, browser }) => {
  test.setTimeout(600_000);
  const server = new Server();
  try {
    await server.start("serve");
    await test.step("the owner comes in and sets a password", () => steps.firstRun(owner, server));
    await test.step("two projects are made", async () => {
      await steps.makeStreets(owner, server);
      await steps.makeNews(owner, server);
    });
    const join = (name: string, role: "Labeler" | "Reviewer") =>
      steps.join(owner, server, browser, name, role);
    const ada = await test.step("Ada joins", () => join("Ada", "Labeler"));
    let ben = await test.step("Ben joins", () => join("Ben", "Labeler"));
    const cleo = await test.step("Cleo joins", () => join("Cleo", "Labeler"));
    const rita = await test.step("Rita joins to review", () => join("Rita", "Reviewer"));
    await test.step("Cleo accepts what came with the data", () => steps.acceptStreets(cleo));
    await test.step("Ben draws, and a closed tab loses nothing", async () => {
      ben = await steps.drawStreets(ben);
    });
    await test.step("Ada is offline for a while", () => steps.markNewsOffline(ada, owner, server));
    await test.step("Ben marks less", () => steps.markNews(ben));
    await test.step("Rita judges", () => steps.reviewStreets(rita));
    await test.step("Ben mends what was sent back", () => steps.mend(ben));
    await test.step("Rita accepts it", () => steps.acceptMended(rita));
    await test.step("agreement is as computed by hand", () => steps.lookAtQuality(owner));
    const coco = await test.step("streets leave as COCO", () =>
      steps.publish(owner, steps.STREETS, /^COCO$/));
    const conll = await test.step("news leave as CoNLL", () =>
      steps.publish(owner, steps.NEWS, /^CoNLL-2003$/));
    checkCoco(coco);
    checkConll(readFileSync(conll, "utf8"));
    expect(server.doctor()).toContain(" 0 findings");
    await Promise.all([ada, ben, cleo, rita].map((person) => person.context().close()));
  } finally {
    await server.remove();
  }
});

/** Every picture has what is to be seen on it, to the pixel where hands can do that. */
function checkCoco(path: string): void {
  const said = execFileSync(python, ["-c", READ_COCO, path], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const seen = JSON.parse(said) as Record<string, [title: string, box: number[], pixels: number][]>;
  expect(Object.keys(seen).sort()).toEqual(STREET.map((scene) => scene.name));
  for (const scene of STREET) {
    const wanted: [string, Area][] = [["car", scene.car]];
    if (scene.truck) wanted.push(["truck", scene.truck]);
    const found = seen[scene.name] ?? [];
    expect(found.map(([title]) => title).sort()).toEqual(wanted.map(([title]) => title));
    for (const [title, area] of wanted) {
      const [, box = [], pixels = 0] = found.find((one) => one[0] === title) ?? [];
      area.forEach((value, index) => {
        expect(Math.abs((box[index] ?? Number.NaN) - value), `${title} of ${scene.name}`).toBeLessThan(1.5);
      });
      expect(Math.abs(pixels - area[2] * area[3])).toBeLessThan(3 * (area[2] + area[3]));
    }
  }
}

/** A token a line in four columns with IOB2 tags; all persons, and the places that both marked. */
function checkConll(text: string): void {
  const spans: [name: string, words: string][] = [];
  let documents = 0;
  for (const line of text.trimEnd().split("\n")) {
    if (line.startsWith("-DOCSTART-")) documents += 1;
    if (line === "" || line.startsWith("-DOCSTART-")) continue;
    const columns = line.split(" ");
    expect(columns, line).toHaveLength(4);
    const [token = "", , , tag = ""] = columns;
    expect(tag).toMatch(/^(O|[BI]-[a-z]+)$/);
    const last = spans.at(-1);
    if (tag.startsWith("B-")) spans.push([tag.slice(2), token]);
    else if (tag.startsWith("I-") && last) {
      expect(tag.slice(2)).toBe(last[0]);
      last[1] += ` ${token}`;
    }
  }
  expect(documents).toBe(SENTENCES.length);
  const wanted = SENTENCES.flatMap(([, person, place], index) => [
    `person ${person}`,
    ...(index < 2 ? [`location ${place}`] : []),
  ]);
  expect(spans.map((span) => span.join(" ")).sort()).toEqual(wanted.sort());
}
