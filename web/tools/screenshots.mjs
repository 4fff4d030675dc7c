// Takes the pictures of the README from the real app on the demo workspace: `LABELWRIGHT_BIN=... node tools/screenshots.mjs`.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { palettePng } from "./palette.mjs";

const binary = process.env.LABELWRIGHT_BIN ?? "../target/release/labelwright";
const pictures = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const LARGEST_BYTES = 250_000;
const SHOWN_WIDTH = 1200;
const COLOURS = 256;

/** Enough items that the numbers look like work, few enough that the demo is there soon. */
const ITEMS = "60";
/** A street of the demo in daylight that nobody has labeled yet, with what is on it: key of the class, corners in pixels. */
const TASK = 23;
const BOXES = [
  ["3", 45, 211, 67, 278],
  ["1", 270, 198, 341, 227],
  ["1", 405, 207, 481, 238],
  ["4", 281, 303, 378, 371],
  ["4", 562, 254, 633, 304],
  ["2", 159, 237, 334, 332],
];

/** The sign-in link of the server, once it is up. */
function started(child) {
  return new Promise((resolve, reject) => {
    let said = "";
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const link = /http:\S+\/welcome#\S+/.exec(said);
      if (link) resolve(link[0]);
    });
  });
}

/** The pixels of a picture at the width at which it is shown. */
async function pixelsOf(page, picture) {
  const scaled = await page.context().browser().newPage();
  const { width, height, data } = await scaled.evaluate(
    async ([base64, width]) => {
      const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
      const bitmap = await createImageBitmap(blob);
      const height = Math.round((bitmap.height * width) / bitmap.width);
      const context = new OffscreenCanvas(width, height).getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(bitmap, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      let text = "";
      for (let at = 0; at < data.length; at += 8192) {
        text += String.fromCharCode(...data.subarray(at, at + 8192));
      }
      return { width, height, data: btoa(text) };
    },
    [picture.toString("base64"), SHOWN_WIDTH],
  );
  await scaled.close();
  return { width, height, pixels: Buffer.from(data, "base64") };
}

/** A picture of the page. One with photographs is too large as it is: it gets smaller and a palette. */
async function take(page, name) {
  await page.mouse.move(2, 2);
  await page.waitForTimeout(500);
  let picture = await page.screenshot();
  if (picture.length > LARGEST_BYTES) {
    const { width, height, pixels } = await pixelsOf(page, picture);
    picture = palettePng(width, height, pixels, COLOURS);
  }
  if (picture.length > LARGEST_BYTES) throw new Error(`${name}.png has ${picture.length} bytes`);
  writeFileSync(join(pictures, `${name}.png`), picture);
  console.log(`docs/images/${name}.png: ${Math.round(picture.length / 1000)} kB`);
}

/** Draws the boxes; the last one stays selected. */
async function draw(page) {
  const canvas = page.getByTestId("canvas");
  await page.locator("[data-testid=canvas][data-view]").waitFor();
  const [scale, left, top] = (await canvas.getAttribute("data-view")).split(" ").map(Number);
  const place = await canvas.boundingBox();
  const spot = (x, y) => [place.x + left + x * scale, place.y + top + y * scale];
  for (const [key, x, y, right, bottom] of BOXES) {
    await page.keyboard.press("Escape");
    await page.keyboard.press(key);
    await page.mouse.move(...spot(x, y));
    await page.mouse.down();
    await page.mouse.move(...spot((x + right) / 2, (y + bottom) / 2));
    await page.mouse.move(...spot(right, bottom));
    await page.mouse.up();
  }
}

async function walk(page, link) {
  const { origin } = new URL(link);
  const open = async (path, heading) => {
    await page.goto(origin + path);
    await page.getByRole("heading", { name: heading }).first().waitFor();
  };
  await page.goto(link);
  await page.getByRole("link", { name: "Set a password" }).click();
  await page.getByRole("textbox", { name: "New password" }).fill("only for the pictures");
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByText("Your password is set.").waitFor();

  await open("/", "Street scenes");
  await take(page, "home");
  await open("/projects/2/quality", "Agreement per question");
  await take(page, "quality");
  await open("/projects/1/review", "Answers");
  await page.getByRole("button", { name: "Later" }).click();
  await page.waitForTimeout(1000);
  await take(page, "review");
  await open(`/projects/1/label/${TASK}`, "Street scenes");
  await page.getByRole("button", { name: /I have read/ }).click();
  await draw(page);
  await take(page, "label-image");
}

const data = mkdtempSync(join(tmpdir(), "labelwright-pictures-"));
const words = ["demo", "--data", data, "--listen", "127.0.0.1:0", "--items", ITEMS];
const server = spawn(binary, words, { stdio: ["ignore", "pipe", "inherit"] });
try {
  mkdirSync(pictures, { recursive: true });
  const link = await started(server);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  await walk(page, link);
  await browser.close();
} finally {
  server.kill();
  rmSync(data, { recursive: true, force: true });
}
