// A look before anything is stored: what files hold, the schema that they ask for, and what an export would lose.
import { file } from "./app.files";
import { cocoZip, zip } from "./make";
import { expect, signIn, test } from "./server";

test("the schema of a project is made from its files, which are looked at first", async ({
  page,
  server,
}) => {
  await signIn(page, server, server.addUser("look@example.org", "Lou", "manager"));
  await page.goto(`${server.address}/new`);
  await page.getByText("From the files", { exact: true }).click();
  await expect(page.getByText("Choose files in step 1: their classes")).toBeVisible();
  await page.getByTestId("files").setInputFiles(file("street.zip", "application/zip", cocoZip()));
  await page.getByRole("button", { name: "Make the schema from these files" }).click();
  const look = page.getByRole("region", { name: "Preview of the import" });
  await expect(look).toContainText("COCO");
  await expect(look).toContainText("6 records, 8 regions, 0 problems");
  await expect(look.getByRole("list", { name: "First items" }).getByRole("listitem")).toHaveCount(6);
  const first = look.getByRole("img", { name: "Item street-1.png with 2 regions" });
  await expect(first).toBeVisible();
  await expect(first.locator("path")).toHaveCount(2);
  await expect(first.locator("image")).toHaveAttribute("href", /^data:image\/jpeg/);
  await expect(look.getByRole("list", { name: "Classes" })).toContainText("truck");

  await page.getByRole("textbox", { name: "Name of the project" }).fill("Street as it came");
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByRole("heading", { name: "Street as it came", level: 1 })).toBeVisible({
    timeout: 20_000,
  });
  await expect(page.getByText("6 items added")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("6 open")).toBeVisible();
});

test("a look shows problems with their places and stores nothing", async ({ page, server }) => {
  await signIn(page, server, server.addUser("problems@example.org", "Pia", "manager"));
  await page.goto(`${server.address}/data`);
  await page.getByRole("textbox", { name: "Name of the new dataset" }).fill("Looked at");
  await page.getByRole("button", { name: "Make a dataset" }).click();
  const line = (text: string, label: unknown) => JSON.stringify({ text, label });
  const lines = [
    line("Ada 👍 in Rome", [
      [0, 3, "Person"],
      [9, 13, "City"],
    ]),
    line("b", [[0, 99, "Person"]]),
  ];
  const content = lines.join("\n");
  await page.getByTestId("files").setInputFiles(file("news.jsonl", "application/json", content));
  await page.getByRole("combobox", { name: "Format" }).click();
  await page.getByRole("option", { name: "doccano" }).first().click();
  await page.getByRole("button", { name: "Look at it first" }).click();
  const look = page.getByRole("region", { name: "Preview of the import" });
  await expect(look.locator("mark")).toHaveText(["Ada", "Rome"]);
  await expect(look.getByRole("region", { name: "Problems of the data" })).toContainText("news.jsonl:2");
  await expect(page.getByText("0 items")).toBeVisible();
  // Other files are not what was looked at.
  await page.getByRole("button", { name: "Leave news.jsonl out" }).click();
  await expect(look).toHaveCount(0);
  const broken = zip([["a.txt", Buffer.from("a text")]]).subarray(0, 30);
  await page.getByTestId("files").setInputFiles(file("broken.zip", "application/zip", broken));
  await page.getByRole("button", { name: "Look at it first" }).click();
  await expect(page.getByRole("alert")).toContainText(/broken\.zip/i);
});

test("what an export would lose is told before it is written, and pictures come along", async ({
  page,
  server,
}) => {
  await signIn(page, server, server.addUser("take-out@example.org", "Eve", "manager"));
  await page.goto(`${server.address}/`);
  await page.getByRole("article", { name: "Street scenes" }).getByRole("link").first().click();
  await page.getByRole("link", { name: "Exports" }).click();
  await page.getByRole("textbox", { name: "Name of the snapshot" }).fill("looked at");
  await page.getByRole("button", { name: "Freeze" }).click();
  await page.getByRole("button", { name: "Export looked at" }).click();
  await page.getByRole("combobox", { name: "Format" }).click();
  await page.getByRole("option", { name: "YOLO detect (Ultralytics)" }).click();
  const look = page.getByRole("region", { name: "Preview of the export" });
  await expect(look).toContainText("24 items in 25 files", { timeout: 20_000 });
  await expect(
    look.getByRole("list", { name: "What would be lost" }).getByRole("listitem").first(),
  ).toBeVisible();
  await page.getByRole("combobox", { name: "Pictures and other data" }).click();
  await page.getByRole("option", { name: "With the data, as a zip file" }).click();
  await page.getByRole("button", { name: "Write the file" }).click();
  const row = page.getByRole("row", { name: /yolo with data/ });
  await expect(row).toBeVisible({ timeout: 20_000 });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    row.getByRole("link", { name: /Download/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/yolo\.zip$/);
});

test("options of a format are fields, and the looks follow them", async ({ page, server }) => {
  await signIn(page, server, server.addUser("options@example.org", "Ona", "manager"));
  await page.goto(`${server.address}/data`);
  await page.getByRole("textbox", { name: "Name of the new dataset" }).fill("Pairs");
  await page.getByRole("button", { name: "Make a dataset" }).click();
  const line = JSON.stringify({ text: "Guten Tag", label: ["Good day"] });
  await page.getByTestId("files").setInputFiles(file("pairs.jsonl", "application/json", line));
  await expect(page.getByRole("combobox", { name: "Task" })).toHaveCount(0);
  await page.getByRole("combobox", { name: "Format" }).click();
  await page.getByRole("option", { name: "doccano" }).first().click();
  await page.getByRole("button", { name: "Look at it first" }).click();
  const look = page.getByRole("region", { name: "Preview of the import" });
  await expect(look).toContainText("Good day");
  await page.getByRole("combobox", { name: "Task" }).click();
  await page.getByRole("option", { name: "seq2seq" }).click();
  // It was read in another way: that look is gone.
  await expect(look).toHaveCount(0);
  await page.getByRole("button", { name: "Look at it first" }).click();
  await expect(look).toContainText(/label text/i);
  await page.getByRole("button", { name: "Upload and import" }).click();
  await expect(page.getByText("1 item added")).toBeVisible({ timeout: 20_000 });

  await page.goto(`${server.address}/`);
  await page.getByRole("article", { name: "Street scenes" }).getByRole("link").first().click();
  await page.getByRole("link", { name: "Exports" }).click();
  await page.getByRole("textbox", { name: "Name of the snapshot" }).fill("with options");
  await page.getByRole("button", { name: "Freeze" }).click();
  await page.getByRole("button", { name: "Export with options" }).click();
  await page.getByRole("combobox", { name: "Format" }).click();
  await page.getByRole("option", { name: "Pascal VOC", exact: true }).click();
  const losses = page.getByRole("list", { name: "What would be lost" });
  const rounded = losses.getByText("the corners of a box are whole pixels");
  await expect(page.getByRole("region", { name: "Preview of the export" })).toContainText("24 items", {
    timeout: 20_000,
  });
  await expect(rounded).toHaveCount(0);
  await page.getByRole("combobox", { name: "Corners" }).click();
  await page.getByRole("option", { name: "classic" }).click();
  await expect(rounded).toBeVisible();
  await page.getByRole("button", { name: "Write the file" }).click();
  await expect(page.getByRole("row", { name: /voc, corners classic/ })).toBeVisible({ timeout: 20_000 });
});
