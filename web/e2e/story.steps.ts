// The steps of the story, each in the hands of one person.
import { type Browser, expect, type Page } from "@playwright/test";
import { file } from "./app.files";
import { classButton, click, drawBox, pickClass, regions, selectWords, shownKey } from "./hands";
import { cocoZip, corners, SENTENCES, STREET, sentencesCsv } from "./make";
import { type Server, signIn } from "./server";

export const STREETS = "Streets";
export const NEWS = "News";
/** What the reviewer writes beside the answer that is sent back. */
const REASON = "The truck is missing";

const save = (page: Page) => page.getByTestId("save-state");

/** No task is left for anybody. */
async function allDone(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  await expect(save(page)).toHaveText("saved");
}

/** Opens a page of a project from its card at home. */
async function open(page: Page, project: string, link: string): Promise<void> {
  await page.goto(new URL("/", page.url()).href);
  await page.getByRole("article", { name: project }).getByRole("link", { name: link }).first().click();
}

export async function firstRun(page: Page, server: Server): Promise<void> {
  await signIn(page, server, server.link);
  await page.getByRole("link", { name: "Set a password" }).click();
  await page.getByRole("textbox", { name: "New password" }).fill("a password of the owner");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByText("Your password is set.")).toBeVisible();
}

async function create(page: Page, name: string, tasks: number): Promise<void> {
  await page.getByRole("textbox", { name: "Name of the project" }).fill(name);
  await page.getByRole("textbox", { name: "Overlap", exact: true }).fill("2");
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(`${tasks} items added`)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(`${tasks} open`)).toBeVisible();
}

export async function makeStreets(page: Page, server: Server): Promise<void> {
  await page.goto(`${server.address}/new`);
  await page.getByTestId("files").setInputFiles(file("streets.zip", "application/zip", cocoZip()));
  await page.getByRole("radio", { name: "Object detection" }).check();
  await page.getByRole("button", { name: "Change it as JSON" }).click();
  const text = page.getByRole("textbox", { name: "Schema" });
  const schema = JSON.parse(await text.inputValue()) as { classes: { id: string; geometry: string[] }[] };
  for (const one of schema.classes.filter((one) => one.id === "truck")) one.geometry = ["polygon"];
  await text.fill(JSON.stringify(schema, null, 2));
  await expect(page.getByText("Nothing is wrong with it.")).toBeVisible();
  await page.getByRole("radiogroup", { name: "Review" }).getByRole("radio", { name: "All" }).check();
  await create(page, STREETS, STREET.length);
}

export async function makeNews(page: Page, server: Server): Promise<void> {
  await page.goto(`${server.address}/new`);
  await page.getByTestId("files").setInputFiles(file("news.csv", "text/csv", sentencesCsv()));
  await page.getByRole("radio", { name: "Named entities" }).check();
  await create(page, NEWS, SENTENCES.length);
}

/** The owner makes a link, and somebody opens it in a browser of their own. */
export async function join(
  owner: Page,
  server: Server,
  browser: Browser,
  name: string,
  role: "Labeler" | "Reviewer",
): Promise<Page> {
  await owner.goto(`${server.address}/members`);
  await owner.getByLabel("E-mail address").fill(`${name.toLowerCase()}@example.org`);
  await owner.getByRole("combobox", { name: "Role", exact: true }).click();
  await owner.getByRole("option", { name: new RegExp(role) }).click();
  await owner.getByRole("button", { name: "Make the link" }).click();
  const link = await owner.getByRole("textbox", { name: "Link" }).inputValue();
  const page = await (await browser.newContext()).newPage();
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill(`${name} keeps a secret`);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("article", { name: STREETS })).toBeVisible();
  return page;
}

/** Accepts on every picture what the data set says. */
export async function acceptStreets(page: Page): Promise<void> {
  await open(page, STREETS, "Label");
  for (const scene of STREET) {
    await shownKey(page, scene.name);
    await page.getByRole("button", { name: /^Accept all/ }).click();
    await page.getByRole("button", { name: "Submit" }).click();
  }
  await expect(page.getByRole("heading", { name: "Nothing left for you right now" })).toBeVisible();
}

/** Draws what is to be seen: no truck on the second picture, and on the last one the car in a wrong place. The tab is
 * closed in the middle of the first truck. */
export async function drawStreets(page: Page): Promise<Page> {
  await open(page, STREETS, "Label");
  let now = page;
  for (const [index, scene] of STREET.entries()) {
    await shownKey(now, scene.name);
    await pickClass(now, "Car");
    const [x, y, width, height] = scene.car;
    await drawBox(now, index === STREET.length - 1 ? [x, y - 110, width, height] : [x, y, width, height]);
    await expect(regions(now)).toHaveCount(1);
    if (index === 0 && scene.truck) now = await drawTruckInTwoTabs(now, scene.truck);
    await now.getByRole("button", { name: "Submit" }).click();
  }
  await allDone(now);
  return now;
}

async function drawTruckInTwoTabs(page: Page, truck: [number, number, number, number]): Promise<Page> {
  const [first, second, third, fourth] = corners(truck);
  if (!first || !second || !third || !fourth) throw new Error("a truck has four corners");
  await pickClass(page, "Truck");
  await click(page, first);
  await click(page, second);
  // Drafts are written within half a second.
  await page.waitForTimeout(700);
  const address = page.url();
  const context = page.context();
  await page.close();
  const again = await context.newPage();
  await again.goto(address);
  await expect(regions(again).filter({ hasText: "Car" })).toHaveCount(1);
  await classButton(again, "Truck").click();
  await click(again, third);
  await click(again, fourth);
  await again.keyboard.press("Enter");
  await expect(regions(again).filter({ hasText: "Truck" })).toHaveCount(1);
  return again;
}

async function mark(page: Page, title: string, words: string): Promise<void> {
  await pickClass(page, title);
  const before = await regions(page).count();
  await selectWords(page, words);
  await expect(regions(page)).toHaveCount(before + 1);
}

/** Marks every person and place; the network is away during the second sentence. */
export async function markNewsOffline(page: Page, owner: Page, server: Server): Promise<void> {
  await open(page, NEWS, "Label");
  for (const [index, [, person, place]] of SENTENCES.entries()) {
    await shownKey(page, `news-${index + 1}`);
    if (index === 1) await page.context().setOffline(true);
    await mark(page, "Person", person);
    await mark(page, "Place", place);
    await page.getByRole("button", { name: "Submit" }).click();
    if (index === 1) {
      await expect(save(page)).toContainText("offline (1 queued)");
      await page.context().setOffline(false);
    }
    await expect(save(page)).toHaveText("saved", { timeout: 20_000 });
  }
  await expect(page.getByRole("heading", { name: "Nothing left for you right now" })).toBeVisible();
  const ask = async (path: string) => (await owner.request.get(server.address + path)).json();
  const [, project] = /projects\/(\d+)/.exec(page.url()) ?? [];
  const { items } = (await ask(`/api/v1/projects/${project}/tasks?limit=10`)) as { items: { id: number }[] };
  for (const task of items) {
    const { annotations } = (await ask(`/api/v1/tasks/${task.id}`)) as {
      annotations: { revision: number }[];
    };
    expect(annotations.map((one) => one.revision)).toEqual([1]);
  }
}

/** Marks every person, and places in the first two sentences only. */
export async function markNews(page: Page): Promise<void> {
  await open(page, NEWS, "Label");
  for (const [index, [, person, place]] of SENTENCES.entries()) {
    await shownKey(page, `news-${index + 1}`);
    await mark(page, "Person", person);
    if (index < 2) await mark(page, "Place", place);
    await page.getByRole("button", { name: "Submit" }).click();
  }
  await allDone(page);
}

const pick = (page: Page, name: string) =>
  page
    .getByRole("region", { name: "Answers" })
    .getByRole("button", { name: new RegExp(`^${name}`) })
    .click();

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** Accepts, sends back, corrects and settles. */
export async function reviewStreets(page: Page): Promise<void> {
  await open(page, STREETS, "Review");
  await shownKey(page, "street-1.png");
  await press(page, "Accept all");

  await shownKey(page, "street-2.png");
  await pick(page, "Ben");
  await press(page, "Send back");
  const dialogue = page.getByRole("dialog", { name: "Send back to Ben" });
  await dialogue.getByRole("textbox", { name: "Reason" }).fill(REASON);
  await dialogue.getByRole("button", { name: "Send back" }).click();
  await expect(dialogue).toHaveCount(0);
  // Cleo's answer to the same picture was good.
  await pick(page, "Cleo");
  await press(page, "Accept");

  await shownKey(page, "street-3.png");
  await pick(page, "Ben");
  await press(page, "Correct");
  await regions(page).first().click();
  await page.getByRole("checkbox", { name: "Yes" }).check();
  await press(page, "Store the correction");
  await pick(page, "Cleo");
  await press(page, "Accept");

  for (const key of ["street-4.png", "street-5.png"]) {
    await shownKey(page, key);
    await press(page, "Accept all");
  }
  await shownKey(page, "street-6.png");
  await press(page, "Settle");
  await page.getByRole("region", { name: "Start from" }).getByRole("button", { name: "Cleo" }).click();
  await press(page, "Settle with this");
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
}

export async function mend(page: Page): Promise<void> {
  await open(page, STREETS, "Label");
  await shownKey(page, "street-2.png");
  await expect(page.getByRole("alert")).toContainText(REASON);
  await pickClass(page, "Truck");
  for (const corner of corners(STREET[1]?.truck ?? [0, 0, 0, 0])) await click(page, corner);
  await page.keyboard.press("Enter");
  await expect(regions(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Submit" }).click();
  await allDone(page);
  await expect(save(page)).toHaveText("saved");
}

export async function acceptMended(page: Page): Promise<void> {
  await open(page, STREETS, "Review");
  await shownKey(page, "street-2.png");
  await pick(page, "Ben");
  await press(page, "Accept");
  await expect(page.getByRole("heading", { name: "Nothing waits for review" })).toBeVisible();
}

/** The mean over the pairs of answers that use the class: the last car of Ben's is nowhere near Cleo's; the mended truck
 * counts; the place is missing in two of four sentences. */
export async function lookAtQuality(page: Page): Promise<void> {
  const rows: [string, RegExp[]][] = [
    [STREETS, [/^Car 83 % \(.* to .*\) 12 .* 6$/, /^Truck 100 % \(.* to .*\) 4 .* 2$/]],
    [NEWS, [/^Person 100 % \(.* to .*\) 8 .* 4$/, /^Place 50 % \(.* to .*\) 6 .* 4$/]],
  ];
  for (const [project, lines] of rows) {
    await open(page, project, "Open");
    await page.getByRole("link", { name: "Quality" }).click();
    const table = page.getByRole("region", { name: "Agreement per class" }).first();
    for (const line of lines) await expect(table.getByRole("row", { name: line })).toBeVisible();
  }
}

/** Resolves, freezes, exports and downloads; the path of the file. */
export async function publish(page: Page, project: string, format: RegExp): Promise<string> {
  await open(page, project, "Open");
  await page.getByRole("button", { name: "Resolve consensus" }).click();
  await expect(page.getByText(/\d+ answers? settled by vote/)).toBeVisible();
  await page.getByRole("link", { name: "Exports" }).click();
  await page.getByRole("textbox", { name: "Name of the snapshot" }).fill("First");
  await page.getByRole("button", { name: "Freeze" }).click();
  await page.getByRole("button", { name: "Export First" }).click();
  await page.getByRole("combobox", { name: "Format" }).click();
  await page.getByRole("option", { name: format }).click();
  await page.getByRole("button", { name: "Write the file" }).click();
  const link = page.getByRole("link", { name: /Download/ });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return download.path();
}
