// New projects through the page: from tables and pictures, with uploads that break and rows that are wrong.
import type { Page } from "@playwright/test";
import { file, png } from "./app.files";
import { expect, type Server, signIn, test } from "./server";

async function begin(page: Page, server: Server, email: string): Promise<void> {
  await signIn(page, server, server.addUser(email, "Max", "manager"));
  await page.goto(`${server.address}/new`);
}

async function create(page: Page, template: string, name: string): Promise<void> {
  await page.getByRole("radio", { name: template }).check();
  await page.getByRole("textbox", { name: "Name of the project" }).fill(name);
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible({ timeout: 20_000 });
}

test("a table becomes a project with tasks", async ({ page, server }) => {
  await begin(page, server, "csv@example.org");
  await expect(page.getByText("To go on, choose files in step 1.")).toBeVisible();
  const rows = ["number,opinion,place", "1,It works,Bern", '2,"It works, mostly",Rome', "3,It broke,Oslo"];
  await page.getByTestId("files").setInputFiles(file("opinions.csv", "text/csv", rows.join("\n")));
  await page.getByRole("combobox", { name: "Column with the content" }).click();
  await page.getByRole("option", { name: "opinion" }).click();
  await create(page, "Sentiment", "Opinions");
  await expect(page.getByText("3 items added")).toBeVisible();
  await expect(page.getByText("3 open")).toBeVisible();
  await page.getByRole("link", { name: "Tasks" }).click();
  await expect(page.getByRole("link", { name: "row-0000001" })).toBeVisible();
  await page.getByText("Done", { exact: true }).click();
  await expect(page).toHaveURL(/state=done/);
  await expect(page.getByRole("heading", { name: "No task is done" })).toBeVisible();
});

test("pictures become a project, with a schema that is changed as JSON", async ({ page, server }) => {
  await begin(page, server, "png@example.org");
  await page
    .getByTestId("files")
    .setInputFiles([
      file("red.png", "image/png", png(60, 40, [200, 30, 30])),
      file("blue.png", "image/png", png(40, 60, [30, 30, 200])),
    ]);
  await page.getByRole("radio", { name: "Image classification" }).check();
  await page.getByRole("button", { name: "Change it as JSON" }).click();
  const schema = page.getByRole("textbox", { name: "Schema" });
  await expect(page.getByText("Nothing is wrong with it.")).toBeVisible();
  const good = await schema.inputValue();
  await schema.fill(good.replace('"title"', '"titel"'));
  await expect(page.getByRole("list", { name: "Problems of the schema" })).toContainText("titel");
  await schema.fill(`${good} }`);
  await expect(page.getByRole("list", { name: "Problems of the schema" })).toContainText(/JSON|character/);
  await schema.fill(good);
  await page.getByRole("textbox", { name: "Name of the project" }).fill("Two pictures");
  await page.getByRole("textbox", { name: "Guidelines" }).fill("# Look\n\n<b>closely</b>");
  await expect(page.getByRole("heading", { name: "Look" })).toBeVisible();
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("2 items added")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("2 open")).toBeVisible();
  await page.getByRole("link", { name: "Data", exact: true }).first().click();
  await page.getByRole("link", { name: "Two pictures" }).click();
  await expect(page.getByRole("img", { name: "Item red.png" })).toBeVisible();
});

test("settings out of range are told at their field, and trying again makes nothing twice", async ({
  page,
  server,
}) => {
  await begin(page, server, "range@example.org");
  await page.getByTestId("files").setInputFiles(file("few.csv", "text/csv", "text\none\ntwo\n"));
  await page.getByRole("radio", { name: "Text classification" }).check();
  await page.getByRole("textbox", { name: "Name of the project" }).fill("Corrected");
  await page.getByRole("textbox", { name: "Overlap", exact: true }).fill("99");
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("overlap is 1 to 50")).toBeVisible();
  await page.getByRole("textbox", { name: "Overlap", exact: true }).fill("2");
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("2 items added")).toBeVisible({ timeout: 20_000 });
  await page.goto(`${server.address}/data`);
  await expect(page.getByRole("link", { name: "Corrected" })).toHaveCount(1);
});

test("an upload goes on where it was after a request was lost", async ({ page, server }) => {
  await begin(page, server, "lost@example.org");
  await page.goto(`${server.address}/data`);
  await page.getByRole("textbox", { name: "Name of the new dataset" }).fill("Long texts");
  await page.getByRole("button", { name: "Make a dataset" }).click();
  await expect(page.getByRole("heading", { name: "Long texts" })).toBeVisible();
  const offsets: string[] = [];
  let lost = false;
  await page.route("**/api/v1/uploads/*", async (route) => {
    const request = route.request();
    if (request.method() !== "PATCH") return route.continue();
    const offset = request.headers()["upload-offset"] ?? "";
    offsets.push(offset);
    if (offset !== "0" && !lost) {
      lost = true;
      return route.abort("connectionreset");
    }
    return route.continue();
  });
  // A little more than two chunks of 8 MiB.
  const line = `${"word ".repeat(200)}\n`;
  const text = `text\n${line.repeat(17_000)}`;
  await page.getByTestId("files").setInputFiles(file("long.csv", "text/csv", text));
  await page.getByRole("button", { name: "Upload and import" }).click();
  await expect(page.getByText(/17,000 items added/)).toBeVisible({ timeout: 45_000 });
  expect(lost).toBe(true);
  expect(offsets).toEqual(["0", "8388608", "8388608", "16777216"]);
});

test("bad rows are listed with file and line, good ones are kept", async ({ page, server }) => {
  await begin(page, server, "rows@example.org");
  const rows = ["key,text", "a,first", "b,", "c,third", ",no key"];
  await page.getByTestId("files").setInputFiles(file("rows.csv", "text/csv", rows.join("\n")));
  await create(page, "Text classification", "Rows");
  await expect(page.getByText("2 items added, 2 refused")).toBeVisible();
  const problems = page.getByRole("region", { name: "Problems" });
  await expect(problems).toContainText("rows.csv:3, column text");
  await expect(problems).toContainText("there is no content");
  await expect(problems).toContainText("rows.csv:5, column key");
  await expect(page.getByText("2 open")).toBeVisible();
});

test("data of another kind than the schema's is told, instead of a project that stays empty", async ({
  page,
  server,
}) => {
  await begin(page, server, "kind@example.org");
  await page.getByTestId("files").setInputFiles(file("notes.txt", "text/plain", "no picture"));
  await create(page, "Object detection", "Wrong kind");
  await expect(page.getByText("1 item added")).toBeVisible();
  await expect(page.getByRole("heading", { name: "The data is of another kind" })).toBeVisible();
  await expect(page.getByText("The schema is for image, the data of this project is text.")).toBeVisible();
});

test("without a network one is told at once, and goes on when it is back", async ({ page, server }) => {
  await begin(page, server, "away@example.org");
  await page.goto(`${server.address}/data`);
  await expect(page.getByRole("link", { name: "Street scenes" })).toBeVisible();
  await page.context().setOffline(true);
  await page.getByRole("textbox", { name: "Name of the new dataset" }).fill("After the storm");
  await page.getByRole("button", { name: "Make a dataset" }).click();
  await expect(page.getByRole("alert")).toContainText("cannot be reached");
  await page.getByRole("link", { name: "Schemas" }).click();
  await expect(page.getByRole("alert")).toContainText("The server cannot be reached.");
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Schemas" })).toBeVisible();
});
