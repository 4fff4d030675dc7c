// People give data: a contributor on a telephone gives a text and a picture, without and with a network; a manager
// moderates by keys; what is withdrawn is gone.
import { devices, type Page } from "@playwright/test";
import { file, png } from "./app.files";
import { check } from "./axe";
import { wav } from "./make";
import { expect, signIn, test } from "./server";

const TERMS = "I made this myself and may give it away.";
const PHONE = { width: 320, height: 640 };

async function makeCall(page: Page, title: string): Promise<string> {
  await page.goto(new URL("/projects/1/sources", page.url()).href);
  await page.getByRole("link", { name: "New call" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill(title);
  await page.getByRole("button", { name: "Make the call" }).click();
  await expect(page.getByText("say what contributors agree to")).toBeVisible();
  await page.getByRole("textbox", { name: "Instructions" }).fill("Cats and dogs, please.");
  await page.getByRole("checkbox", { name: "Pictures" }).check();
  await page.getByRole("checkbox", { name: "Recordings" }).check();
  await page.getByRole("textbox", { name: "Categories" }).fill("Cat: 2\nDog");
  await page.getByRole("textbox", { name: "Terms" }).fill(TERMS);
  await page.getByRole("textbox", { name: "Most of one person" }).fill("5");
  await page.getByRole("switch", { name: /A panel sends people/ }).check();
  await page.getByRole("button", { name: "Make the call" }).click();
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  await page.getByRole("link", { name: "Go to the call" }).click();
  await expect(page.getByRole("heading", { name: title })).toBeVisible();
  return link;
}

async function agree(page: Page): Promise<void> {
  await expect(page.getByText(TERMS)).toBeVisible();
  await expect(page.getByRole("button", { name: "Go on" })).toBeDisabled();
  await page.getByRole("checkbox", { name: "I have read this and agree" }).check();
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("heading", { name: "Give" })).toBeVisible();
}

/** Nothing sticks out of a small screen. */
async function fits(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
}

test("a contributor gives without a network, a manager moderates, and what is withdrawn is gone", async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, server, server.addUser("collect@example.org", "Cora", "manager"));
  const link = await makeCall(page, "Animals of the street");
  await expect(page.getByText("Nothing waits")).toBeVisible();
  await check(page, "the call");

  const phone = await browser.newContext({
    ...devices["Pixel 7"],
    viewport: PHONE,
    baseURL: server.address,
  });
  const giver = await phone.newPage();
  await giver.goto(`${link}?PROLIFIC_PID=worker-1&SESSION_ID=s1`);
  await fits(giver);
  await check(giver, "the terms");
  await agree(giver);
  await fits(giver);
  await giver.getByRole("radio", { name: "Cat (2 wanted)" }).check();
  await giver.getByRole("textbox", { name: "Your text" }).fill("A grey cat that sits on the wall all day");
  await giver.getByRole("button", { name: "Give" }).click();
  await expect(giver.getByText("You gave 1 of 5")).toBeVisible();
  await expect(giver.getByText("Your completion code:")).toBeVisible();
  await expect(giver.getByText("Receipt").first()).toBeVisible();
  await check(giver, "giving");

  // The page has been kept: it opens without a network, and so does what is given there.
  await giver.evaluate(() => navigator.serviceWorker.ready);
  await expect
    .poll(() => giver.evaluate(async () => (await (await caches.open("labelwright-give")).keys()).length))
    .toBeGreaterThan(4);
  await server.kill();
  await giver.getByText("Picture", { exact: true }).click();
  await giver.getByRole("radio", { name: /^Dog/ }).check();
  await giver
    .getByLabel("Take or choose a picture")
    .setInputFiles(file("dog.png", "image/png", png(60, 40, [200, 120, 30])));
  await expect(giver.getByAltText("Preview of dog.png")).toBeVisible();
  // What is given within two seconds of the one before is flagged as too fast.
  await giver.waitForTimeout(2100);
  await giver.getByRole("button", { name: "Give dog.png" }).click();
  await expect(giver.getByTestId("waiting")).toContainText("1 contribution");
  await giver.close();
  const again = await phone.newPage();
  await again.goto(link);
  await expect(again.getByText("No network.")).toBeVisible();
  await expect(again.getByTestId("waiting")).toContainText("1 contribution");
  await again.getByRole("radio", { name: /^Dog/ }).check();
  await again.getByRole("textbox", { name: "Your text" }).fill("spam http://spam.example");
  await again.getByRole("button", { name: "Give" }).click();
  await expect(again.getByTestId("waiting")).toContainText("2 contributions");
  await server.start("serve");
  await expect(again.getByText("You gave 3 of 5")).toBeVisible({ timeout: 40_000 });
  await expect(again.getByTestId("waiting")).toHaveCount(0);
  await fits(again);

  // By keys: accept, reject, undo, accept all without flags.
  await page.reload();
  const cards = page.getByRole("article");
  await expect(cards).toHaveCount(3);
  await expect(page.getByAltText(/What was given as/)).toBeVisible();
  await expect(cards.nth(2)).toContainText("links");
  await check(page, "moderation");
  await page.keyboard.press("a");
  await expect(cards).toHaveCount(2);
  await page.keyboard.press("z");
  await expect(cards).toHaveCount(3);
  await page.getByRole("button", { name: "Accept all without flags (2)" }).click();
  await expect(cards).toHaveCount(1);
  await page.keyboard.press("x");
  await expect(page.getByText("Nothing waits")).toBeVisible();
  await page.getByText("Contributors", { exact: true }).click();
  const row = page.getByRole("table").getByRole("row").filter({ hasText: "worker-1" });
  const code = await again.getByRole("region", { name: "Completion code" }).locator("p").nth(1).textContent();
  await expect(row).toContainText(code ?? "nothing");

  // What is withdrawn is gone from the dataset.
  await again.reload();
  await expect(again.getByText(/not taken: Not what was asked for/)).toBeVisible();
  await again.getByRole("button", { name: "Withdraw dog.png" }).click();
  await again.getByRole("button", { name: "Withdraw it" }).click();
  await expect(again.getByText(/, withdrawn/)).toBeVisible();
  await page.goto(`${server.address}/data`);
  await page.getByRole("link", { name: "Animals of the street" }).click();
  const items = page.getByRole("list", { name: "Items" }).getByRole("listitem");
  await expect(items).toHaveCount(1);
  await expect(items).toContainText("Given by contributor");
  await phone.close();
  expect(server.doctor()).toContain(" 0 findings");
});

test("the camera and the microphone of the page give a picture and a recording", async ({
  page,
  browser,
  server,
}) => {
  await signIn(page, server, server.addUser("camera@example.org", "Cam", "manager"));
  const link = await makeCall(page, "Seen and heard");
  const phone = await browser.newContext({ viewport: PHONE, permissions: ["camera", "microphone"] });
  const giver = await phone.newPage();
  // A camera and a microphone without devices: a canvas that is drawn on, and a tone.
  await giver.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      if (wanted?.audio) {
        const context = new AudioContext();
        const tone = context.createOscillator();
        const out = context.createMediaStreamDestination();
        tone.connect(out);
        tone.start();
        return out.stream;
      }
      const canvas = document.createElement("canvas");
      canvas.width = 64;
      canvas.height = 48;
      const draw = () => {
        const context = canvas.getContext("2d");
        if (context) context.fillStyle = "#c33";
        context?.fillRect(0, 0, 64, 48);
      };
      draw();
      window.setInterval(draw, 50);
      return canvas.captureStream(20);
    };
  });
  await giver.goto(link);
  await agree(giver);
  await giver.getByRole("radio", { name: /^Cat/ }).check();
  await giver.getByText("Picture", { exact: true }).click();
  await giver.getByRole("button", { name: "Use the camera here" }).click();
  await giver.getByRole("button", { name: "Take and give" }).click();
  await expect(giver.getByText("You gave 1 of 5")).toBeVisible();
  await giver.getByText("Recording", { exact: true }).click();
  await giver.getByRole("button", { name: "Record here" }).click();
  await expect(giver.getByRole("timer")).toContainText("1 s", { timeout: 20_000 });
  await giver.getByRole("button", { name: "Stop" }).click();
  await giver.getByRole("button", { name: "Give", exact: true }).click();
  await expect(giver.getByText("You gave 2 of 5")).toBeVisible();
  await fits(giver);
  // What is no recording is refused with its reason, and holds up nothing.
  await giver.getByRole("radio", { name: /^Dog/ }).check();
  await giver.getByLabel("Choose a recording").setInputFiles(file("noise.wav", "audio/wav", "no sound"));
  await giver.getByRole("button", { name: "Give noise.wav" }).click();
  await expect(giver.getByRole("alert").filter({ hasText: "noise.wav" })).toBeVisible();
  await giver
    .getByLabel("Choose a recording")
    .setInputFiles(file("bark.wav", "audio/wav", wav(8000, 1, [[0.2, 0.8]])));
  await giver.getByRole("button", { name: "Give bark.wav" }).click();
  await expect(giver.getByText("You gave 3 of 5")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel(/^Recording \d/)).toHaveCount(2);
  await phone.close();
});
