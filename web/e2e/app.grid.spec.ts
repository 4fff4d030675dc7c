// Many tasks labeled at once from a grid of what they show.
import { check } from "./axe";
import { enter, test, World } from "./label.world";
import { expect } from "./server";

const KINDS = {
  modality: "image",
  fields: [
    {
      id: "kind",
      title: "Kind",
      required: true,
      kind: {
        type: "choice",
        options: [
          { id: "cat", title: "Cat" },
          { id: "dog", title: "Dog" },
        ],
      },
    },
  ],
};

test("a page of pictures gets one label, with exceptions, and back", async ({ page, server, browser }) => {
  const world = await World.of(server);
  await world.images(KINDS, 4);
  await enter(page, server, "Grid", "manager");
  await page.goto(`${server.address}/projects/${world.project}/tasks`);
  await page.getByRole("radiogroup", { name: "View" }).getByText("Grid").click();
  await expect(page).toHaveURL(/view=grid/);
  const items = page.getByRole("list", { name: "Tasks" }).getByRole("listitem");
  await expect(items).toHaveCount(4);
  await expect(page.getByRole("button", { name: "Label 0 tasks" })).toBeDisabled();
  await page.getByRole("button", { name: "Choose all 4 shown" }).click();
  // A click on the picture is an exception; the box does the same for the keyboard.
  await items.nth(1).locator("img").click();
  await expect(page.getByRole("checkbox", { name: "Choose image-2.png" })).not.toBeChecked();
  await check(page, "the grid");
  await page.getByRole("button", { name: "Label 3 tasks" }).click();
  const dialogue = page.getByRole("dialog");
  await dialogue.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Cat" }).click();
  await dialogue.getByRole("radio", { name: "My own submitted answer" }).check();
  await expect(dialogue.getByText(/3 of 3 tasks have a place/)).toBeVisible();
  await dialogue.getByRole("button", { name: "Answer them" }).click();
  for (const key of ["image-1.png", "image-3.png", "image-4.png"])
    expect((await world.answered(key)).fields).toEqual({ kind: "cat" });
  expect((await world.stored("image-2.png")).annotations).toEqual([]);
  await dialogue.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("button", { name: "Take back Kind: Cat" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take it back" }).click();
  await expect.poll(async () => (await world.tasks()).filter((one) => one.state === "done").length).toBe(0);
  expect(browser.isConnected()).toBe(true);
});
