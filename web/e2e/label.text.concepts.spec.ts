// Entity links: a list of concepts that a manager loads, and spans that name one of them.
import { check } from "./axe";
import { selectWords } from "./hands";
import { span } from "./label.text.tools";
import { enter, regions, shownKey, test, World } from "./label.world";
import { expect, signIn } from "./server";

const LINKED = {
  modality: "text",
  classes: [
    span("place", "#009E73", {
      attributes: [{ id: "entry", title: "Entry", kind: { type: "concept", list: "places" } }],
    }),
  ],
};

const PLACES = [
  "id,name,synonyms,description",
  "Q64,Berlin,Spree-Athen,capital of Germany",
  "Q142659,Berlin Heights,,village in Ohio",
  "Q60,New York,Big Apple|NYC,",
].join("\n");

test("a list is loaded in the app, and spans are linked by keys alone", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(LINKED, ["Berlin and the Big Apple", "second"]);
  await signIn(page, server, server.addUser("librarian@example.org", "Librarian", "manager"));
  await page.goto(`${server.address}/schemas`);
  const panel = page.getByRole("region", { name: "Lists of concepts" });
  await panel.getByRole("textbox", { name: "Name" }).fill("places");
  await panel
    .locator("input[type=file]")
    .setInputFiles({ name: "places.csv", mimeType: "text/csv", buffer: Buffer.from(PLACES) });
  await panel.getByRole("button", { name: "Load the list" }).click();
  await expect(panel.getByText("3 concepts in the list")).toBeVisible();
  await expect(panel.getByRole("row", { name: /places/ })).toContainText("3");
  await check(page, "schemas with lists of concepts");

  await enter(page, server, "Linker", "labeler");
  await world.label(page);
  await selectWords(page, "Berlin");
  await expect(regions(page)).toHaveCount(1);
  const find = page.getByRole("combobox", { name: "Entry" });
  await page.getByTestId("canvas").focus();
  await page.keyboard.press(".");
  await expect(find).toBeFocused();
  await page.keyboard.type("berl");
  const options = page.getByRole("listbox", { name: "Concepts of places" }).getByRole("option");
  await expect(options).toHaveCount(2);
  await expect(options.first()).toContainText("capital of Germany");
  await check(page, "picker of concepts");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Selected region" })).toContainText("Q64");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Escape");
  await selectWords(page, "Big Apple");
  await find.fill("big");
  await expect(options.first()).toContainText("New York");
  await page.keyboard.press("Enter");
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  const answer = await world.answered("text-1.txt");
  expect(answer.regions.map((one) => one.attributes)).toEqual([{ entry: "Q64" }, { entry: "Q60" }]);
});
