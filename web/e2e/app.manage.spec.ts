// What managers do: quality, exports, people, schemas, settings, jobs.
import { readFileSync } from "node:fs";
import { file } from "./app.files";
import { expect, signIn, test } from "./server";

test("quality shows agreement and who agrees with whom", async ({ page, server }) => {
  await signIn(page, server, server.addUser("quality@example.org", "Quentin", "reviewer"));
  await page.getByRole("article", { name: "Street scenes" }).getByRole("link", { name: "Open" }).click();
  await page.getByRole("link", { name: "Quality" }).click();
  const classes = page.getByRole("region", { name: "Agreement per class" }).first();
  await expect(classes.getByRole("row", { name: /Car \d+ %/ })).toBeVisible();
  const matrix = page.getByRole("region", { name: "Agreement of labelers with each other" });
  const cell = matrix.getByRole("link", { name: /Ada and \w+: \d+\.\d % on \d+ shared items?/ }).first();
  await expect(cell).toBeVisible();
  await cell.hover();
  await expect(page.getByRole("tooltip")).toContainText("shared item");
  await expect(page.getByRole("link", { name: "Exports" })).toHaveCount(0);
});

test("a snapshot is frozen, exported as COCO and downloaded, and the loss is told", async ({
  page,
  server,
}) => {
  await signIn(page, server, server.addUser("export@example.org", "Emil", "manager"));
  await page.goto(`${server.address}/projects/1/exports`);
  await page.getByRole("textbox", { name: "Name of the snapshot" }).fill("First batch");
  await page.getByRole("button", { name: "Freeze" }).click();
  await page.getByRole("button", { name: "Export First batch" }).click();
  await page.getByRole("combobox", { name: "Format" }).click();
  await page.getByRole("option", { name: /^COCO$/ }).click();
  await page.getByRole("combobox", { name: "Answers" }).click();
  await page.getByRole("option", { name: "Everybody's" }).click();
  await page.getByRole("button", { name: "Write the file" }).click();
  const exports = page.getByRole("table").filter({ hasText: "Download" });
  await expect(exports).toContainText("First batch");
  const report = exports.getByRole("button", { name: /kinds? of loss/ });
  await report.click();
  await expect(page.getByRole("list", { name: "Loss report" })).toContainText(/\d×/);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    exports.getByRole("link", { name: /Download/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/coco/);
  const bytes = readFileSync(await download.path());
  expect(bytes.length).toBeGreaterThan(500);
});

test("a member gets another role, one in a single project, and is removed", async ({ page, server }) => {
  server.addUser("nora@example.org", "Nora", "labeler");
  await signIn(page, server, server.addUser("people@example.org", "Paul", "manager"));
  await page.goto(`${server.address}/members`);
  await page.getByRole("combobox", { name: "Role of Nora" }).click();
  await page.getByRole("option", { name: /Reviewer/ }).click();
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Role of Nora" })).toHaveValue("Reviewer");

  await page.goto(`${server.address}/projects/2/members`);
  await page.getByRole("combobox", { name: "Role of Nora in this project" }).click();
  await page.getByRole("option", { name: /Labeler/ }).click();
  await page.getByRole("button", { name: "As workspace" }).click();
  await expect(page.getByRole("combobox", { name: "Role of Nora in this project" })).toHaveValue("Reviewer");

  await page.goto(`${server.address}/members`);
  await page.getByRole("button", { name: "Remove Nora" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("nora@example.org")).toHaveCount(0);
});

test("jobs are listed with their outcome and details", async ({ page, server }) => {
  await signIn(page, server, server.addUser("jobs@example.org", "Jo", "manager"));
  await page.getByRole("link", { name: "Jobs" }).click();
  const jobs = page.getByRole("list", { name: "Jobs" });
  await expect(jobs.getByText("24 tasks added").first()).toBeVisible();
  await page
    .getByRole("button", { name: /Details of Make tasks/ })
    .last()
    .click();
  await expect(page.getByText("No record had a problem.")).toBeVisible();
});

test("a new version of a schema says what it does to labels", async ({ page, server }) => {
  await signIn(page, server, server.addUser("schema@example.org", "Sven", "manager"));
  await page.goto(`${server.address}/schemas/1`);
  await page.getByRole("button", { name: "New version" }).click();
  await page.getByText("JSON", { exact: true }).click();
  const text = page.getByRole("textbox", { name: "Schema", exact: true });
  const document = JSON.parse(await text.inputValue()) as { classes: { id: string }[] };
  document.classes = document.classes.filter((one) => one.id !== "truck");
  await text.fill(JSON.stringify(document, null, 2));
  await page.getByRole("button", { name: "Publish" }).click();
  const changes = page.getByRole("region", { name: "What changes for labels" });
  await expect(
    changes.getByRole("row", { name: /Class truck is removed no longer fit [1-9]\d*/ }),
  ).toBeVisible();
  await expect(page.getByRole("heading", { name: "Version 2" })).toBeVisible();
});

test("two managers do not overwrite each other's settings", async ({ page, server }) => {
  await signIn(page, server, server.addUser("settings@example.org", "Sam", "manager"));
  await page.goto(`${server.address}/projects/3/settings`);
  const description = page.getByRole("textbox", { name: "Description" });
  await expect(description).not.toHaveValue("");
  const other = await page.context().newPage();
  await other.goto(`${server.address}/projects/3/settings`);
  await other.getByRole("textbox", { name: "Description" }).fill("Changed by somebody else");
  await other.getByRole("button", { name: "Save" }).click();
  await expect(other.getByText("The settings are saved.")).toBeVisible();
  await description.fill("Changed by me");
  await page.getByRole("button", { name: "Save" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "Somebody else changed the project" });
  await expect(alert).toBeVisible();
  await page.getByRole("button", { name: "Load the newest version" }).click();
  await expect(description).toHaveValue("Changed by somebody else");
});

test("guidelines are published as a new version, and tasks are found by a filter", async ({
  page,
  server,
}) => {
  await signIn(page, server, server.addUser("guide@example.org", "Gil", "manager"));
  await page.goto(`${server.address}/projects/2/guidelines`);
  await page.getByRole("textbox", { name: "Guidelines" }).fill("## Scratches\n\nCount as **damage**.");
  await expect(page.getByRole("heading", { name: "Scratches" })).toBeVisible();
  await page.getByRole("button", { name: /Publish/ }).click();
  await expect(page.getByText(/Version \d+ is published; labelers see that it is new./)).toBeVisible();

  await page.getByRole("link", { name: "Tasks" }).click();
  const filter = page.getByRole("textbox", { name: "Filter" });
  await filter.fill("answers>=2 and status:open");
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page).toHaveURL(/filter=/);
  await filter.fill("colour:red");
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page.getByText(/^character \d+:/)).toBeVisible();
});

test("an API token is shown once", async ({ page, server }) => {
  await signIn(page, server, server.addUser("token@example.org", "Tim", "manager"));
  await page.goto(`${server.address}/account`);
  await page.getByRole("textbox", { name: "Name", exact: true }).last().fill("Nightly import");
  await page.getByRole("checkbox", { name: "Bring data in, make schemas" }).check();
  await page.getByRole("button", { name: "Make a token" }).click();
  await expect(page.getByRole("textbox", { name: "Secret" })).toHaveValue(/^lw_/);
  await page.reload();
  await expect(page.getByRole("row", { name: /Nightly import data never/ })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Secret" })).toHaveCount(0);
});

test("consensus is resolved while another page follows live", async ({ page, server }) => {
  await signIn(page, server, server.addUser("live@example.org", "Liv", "manager"));
  await page.goto(`${server.address}/data`);
  const other = await page.context().newPage();
  await other.goto(`${server.address}/jobs`);
  await expect(other.getByRole("list", { name: "Jobs" })).toBeVisible();
  await page.getByRole("textbox", { name: "Name of the new dataset" }).fill("Live");
  await page.getByRole("button", { name: "Make a dataset" }).click();
  await page.getByTestId("files").setInputFiles(file("live.txt", "text/plain", "one text"));
  await page.getByRole("button", { name: "Upload and import" }).click();
  await expect(page.getByText("1 item added")).toBeVisible();
  await expect(other.getByText("1 item added")).toBeVisible();
  await page.goto(`${server.address}/projects/2`);
  await page.getByRole("button", { name: "Resolve consensus" }).click();
  await expect(page.getByText(/\d+ answers? settled by vote/)).toBeVisible();
});
