// Gold answers, made by a manager out of what somebody gave.
import { enter, QUESTIONS, test, World } from "./label.world";
import { expect } from "./server";

test("a manager makes an answer the gold one, and takes that back", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(QUESTIONS, ["a"], { review: { type: "all" } });
  await world.labelAll("Ada", () => ({ fields: { mood: "good" } }));
  await enter(page, server, "Max", "manager");
  await world.review(page);
  await page.getByRole("button", { name: "Make it gold" }).click();
  await expect(page.getByRole("columnheader", { name: "Gold" })).toBeVisible();
  expect((await world.stored("text-1.txt")).gold).toMatchObject({ fields: { mood: "good" } });
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByRole("columnheader", { name: "Gold" })).toHaveCount(0);
});
