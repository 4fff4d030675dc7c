// A table of answers with their questions becomes a project with two panes, without JSON.
import { file } from "./app.files";
import { check } from "./axe";
import { expect, signIn, test } from "./server";

test("a pane is made, classes lie in it, and a column of the table fills it", async ({ page, server }) => {
  await signIn(page, server, server.addUser("panes@example.org", "Nora", "manager"));
  await page.goto(`${server.address}/new`);
  const rows = ["number,answer,question", "1,In Bern since 1848.,Where is the seat?", "2,Nobody knows.,"];
  await page.getByTestId("files").setInputFiles(file("answers.csv", "text/csv", rows.join("\n")));
  await page.getByRole("combobox", { name: "Column with the content" }).click();
  await page.getByRole("option", { name: "answer" }).click();
  await page.getByText("Build it", { exact: true }).click();
  await page.getByRole("textbox", { name: "Name of the schema" }).fill("Answers");
  await page.getByRole("combobox", { name: "For", exact: true }).click();
  await page.getByRole("option", { name: "Text", exact: true }).click();
  await page.getByRole("button", { name: "Add a class" }).click();
  await page.keyboard.type("Claim");

  await page.getByRole("button", { name: "Add a pane" }).click();
  await page.keyboard.type("Recording");
  await page.getByRole("button", { name: "Details of Recording" }).click();
  const id = page.getByRole("textbox", { name: "Id", exact: true });
  await expect(id).toHaveValue("recording");
  await page.getByRole("combobox", { name: "Kind of data" }).selectOption("audio");

  await page.getByRole("button", { name: "Add a class" }).click();
  await page.keyboard.type("Topic");
  await page.getByRole("button", { name: "Details of Topic" }).click();
  await page.getByRole("combobox", { name: "Lies in" }).selectOption({ label: "Recording" });
  // What can be drawn is what the pane's kind of data takes.
  await expect(page.getByRole("checkbox", { name: "interval", exact: true })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "span", exact: true })).toHaveCount(0);
  await page.getByRole("combobox", { name: "Kind of data" }).selectOption("text");
  const title = page.getByRole("textbox", { name: "Title of pane 1" });
  await title.fill("");
  await expect(page.getByText("a title is needed").first()).toBeVisible();
  await title.fill("Question");
  await expect(page.getByText(/ in Question/).first()).toBeVisible();
  await check(page, "a schema with a pane");

  // A pane that is gone is told at the class that lay in it, and comes back.
  await page.getByRole("button", { name: "Delete Question" }).click();
  await expect(page.getByText(/"question" is not a pane of this schema/).first()).toBeVisible();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(page.getByText(/is not a pane of this schema/)).toHaveCount(0);

  await page.getByRole("combobox", { name: "Column of the pane Question" }).click();
  await page.getByRole("option", { name: "question", exact: true }).click();
  await page.getByRole("textbox", { name: "Name of the project" }).fill("Answers");
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("2 items added")).toBeVisible({ timeout: 20_000 });
  await page.goto(`${page.url().replace(/\?.*/, "")}/label`);
  const pane = page.getByRole("region", { name: "Question", exact: true });
  await expect(pane).toContainText("Where is the seat?");
  await expect(page.getByRole("region", { name: "Text", exact: true }).first()).toContainText("In Bern");
});
