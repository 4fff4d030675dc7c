// A document's way: a PDF is uploaded, words are marked by mouse and by keyboard, a box is drawn, both are joined, and all of
// it leaves with its words. Pre-labels of a form are dashed, and differences are drawn in review.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { file, png } from "./app.files";
import { check } from "./axe";
import { drawBox, pickClass, regions, shownKey } from "./hands";
import { enter, test, World } from "./label.world";
import { firstEntry } from "./make";
import { expect, type Server, signIn } from "./server";
import { publish } from "./story.steps";

/** Lines of Helvetica on pages of A4, 12 points high: x, y from the top, words. */
function pdf(pages: [number, number, string][][]): Buffer {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${pages.map((_, page) => `${4 + 2 * page} 0 R`).join(" ")}] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ];
  pages.forEach((lines, page) => {
    const drawn = lines.map(([x, y, words]) => `BT /F1 12 Tf ${x} ${842 - y} Td (${words}) Tj ET`).join("\n");
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * page} 0 R >>`,
      `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
    );
  });
  let text = "%PDF-1.4\n";
  const places = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const start = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}

const FORM = pdf([
  [
    [72, 100, "Name: Ada Lovelace"],
    [72, 130, "City: London"],
  ],
  [[72, 100, "Signed on page two"]],
]);

/** A new owner with a project of one document from a template, on its label page. */
async function begin(page: Page, server: Server, name: string, bytes: Buffer): Promise<void> {
  await signIn(page, server, server.addUser(`${name}@example.org`, name, "owner"));
  await page.goto(`${server.address}/new`);
  await page.getByTestId("files").setInputFiles(file(`${name}.pdf`, "application/pdf", bytes));
  await page.getByRole("radio", { name: "Forms", exact: true }).check();
  await page.getByRole("textbox", { name: "Name of the project" }).fill(name);
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("1 item added")).toBeVisible();
  await page.goto(`${server.address}/`);
  await page.getByRole("article", { name }).getByRole("link", { name: "Label" }).first().click();
  await shownKey(page, `${name}.pdf`);
  await expect(page.getByTestId("canvas")).toHaveAttribute("data-view", /\d/);
}

/** Drags from one place of the first page to another, in points. */
async function dragWords(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  await drawBox(page, [from[0], from[1], to[0] - from[0], to[1] - from[1]]);
}

test("a document is labeled by mouse and keyboard and leaves with its words", async ({ page, server }) => {
  await begin(page, server, "form", FORM);
  const failed: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy|refused/i.test(message.text())) failed.push(message.text());
  });
  await expect(page.locator("[data-page='0'] canvas")).toBeVisible();
  // The page is drawn: there is ink on it.
  const dark = await page.locator("[data-page='0'] canvas").evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return Array.from(pixels).filter((value, at) => at % 4 === 0 && value < 100).length;
  });
  expect(dark).toBeGreaterThan(50);

  // By mouse: half a word is dragged over, and the whole is marked.
  await pickClass(page, "Question");
  await dragWords(page, [76, 97], [100, 97]);
  await expect(regions(page)).toHaveCount(1);
  await expect(regions(page).first()).toContainText("Name:, page 1");

  // By keyboard: the caret to "Ada", one word more, and the class.
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("2");
  await expect(regions(page)).toHaveCount(2);
  await expect(regions(page).filter({ hasText: "Answer" })).toContainText("Ada Lovelace, page 1");

  // The answer belongs to the question.
  await page.keyboard.press("k");
  await regions(page).filter({ hasText: "Question" }).click();
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("k");
  await expect(page.getByText("is answered by").first()).toBeVisible();

  // A box on the page, moved by a key, and taken back.
  await page.keyboard.press("Escape");
  await page.keyboard.press("r");
  await pickClass(page, "Answer");
  await page.keyboard.press("r");
  await drawBox(page, [100, 118, 60, 16]);
  await expect(regions(page)).toHaveCount(3);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("z");
  await check(page, "document");
  await page.keyboard.press("?");
  await check(page, "keys");
  await page.keyboard.press("Escape");

  // The second page, by keyboard.
  await page.keyboard.press("PageDown");
  await expect(page.getByText("Page 2 of 2").first()).toBeVisible();
  await page.keyboard.press("PageUp");
  await expect(page.getByText("Page 1 of 2").first()).toBeVisible();

  // What is drawn outlives the tab.
  await page.waitForTimeout(700);
  await page.reload();
  await expect(regions(page)).toHaveCount(3);
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  const form = JSON.parse(firstEntry(readFileSync(await publish(page, "form", /FUNSD/))).toString()) as {
    form: { label: string; text: string; linking: number[][]; box: number[] }[];
  };
  const told = form.form.map(({ label, text }) => [label, text]);
  expect(told).toEqual([
    ["question", "Name:"],
    ["answer", "Ada Lovelace"],
    ["answer", "London"],
    ["other", "City:"],
  ]);
  expect(form.form[0]?.linking).toEqual([[0, 1]]);
  expect(failed).toEqual([]);
});

const SCHEMA = {
  modality: "document",
  classes: [
    { id: "question", title: "Question", geometry: ["span", "box"], color: "#0072B2" },
    { id: "answer", title: "Answer", geometry: ["span", "box"], color: "#E69F00" },
    { id: "other", title: "Other", geometry: ["span", "box"], color: "#999999" },
  ],
};

/** A page of FUNSD: two entities. */
const PAGE = JSON.stringify({
  form: [
    {
      box: [40, 40, 100, 60],
      text: "Name",
      label: "question",
      words: [{ box: [40, 40, 100, 60], text: "Name" }],
      linking: [],
      id: 0,
    },
    {
      box: [120, 40, 180, 60],
      text: "Ada",
      label: "answer",
      words: [{ box: [120, 40, 180, 60], text: "Ada" }],
      linking: [],
      id: 1,
    },
  ],
});

test("words that came with a picture are dashed until they are accepted", async ({
  browser,
  page,
  server,
}) => {
  const world = await World.of(server);
  await world.make(
    SCHEMA,
    [
      ["images/form.png", png(400, 300, [240, 240, 240])],
      ["annotations/form.json", Buffer.from(PAGE)],
    ],
    { overlap: 2, review: { type: "all" } },
    { tasks: 1 },
  );
  await enter(page, server, "Reader", "labeler");
  await world.label(page);
  await expect(page.locator("[data-mark='e0'] rect[stroke-dasharray]")).toHaveCount(1);
  await expect(page.getByRole("option", { name: /Name/ })).toBeVisible();
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Shift+a");
  await expect(regions(page)).toHaveCount(2);
  await expect(page.locator("[data-mark='e0'] rect[stroke-dasharray]")).toHaveCount(0);
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByRole("heading", { name: "Nothing left for you right now" })).toBeVisible();
  const answer = await world.answered("form.png");
  expect(answer.regions.map((one) => one.geometry)).toEqual([
    { type: "span", ranges: [[0, 4]] },
    { type: "span", ranges: [[6, 9]] },
  ]);

  // A second person leaves one out; the reviewer sees which.
  await world.labelAll("Second", () => ({
    regions: [{ id: "x", class: "question", geometry: { type: "span", ranges: [[0, 4]] } }],
  }));
  const judge = await browser.newPage();
  await enter(judge, server, "Judge", "reviewer");
  await world.review(judge);
  await expect(
    judge
      .locator("[data-mark]")
      .filter({ hasText: /Answer/ })
      .first(),
  ).toBeAttached();
});

test("a thousand pages stay fluid, because only those near the screen are there", async ({
  page,
  server,
}) => {
  const pages = Array.from({ length: 1000 }, (_, at): [number, number, string][] => [
    [72, 100, `This is page ${at + 1}`],
  ]);
  await begin(page, server, "long", pdf(pages));
  await expect(page.locator("[data-page='0'] canvas")).toBeVisible();
  await page.keyboard.press("End");
  await expect(page.getByText("Page 1000 of 1000").first()).toBeVisible();
  await expect(page.locator("[data-page='999'] canvas")).toBeVisible();
  expect(await page.locator("[data-page]").count()).toBeLessThan(8);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("1");
  await expect(regions(page).first()).toContainText("This is, page 1000");
});
