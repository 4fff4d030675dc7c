// Long ways back, long lists of classes, and what only the server finds wrong.
import { BOXES, drag, enter, QUESTIONS, regions, shownKey, test, World } from "./label.world";
import { expect } from "./server";

test("one goes back over several tasks and changes an answer", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(QUESTIONS, ["a", "b", "c", "d"]);
  await enter(page, server, "Second", "labeler");
  await world.label(page);
  for (const key of ["text-1.txt", "text-2.txt", "text-3.txt"]) {
    await shownKey(page, key);
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
  }
  await shownKey(page, "text-4.txt");
  await expect(page.getByTestId("save-state")).toHaveText("saved");
  // After a reload the way back comes from the server.
  await page.reload();
  await shownKey(page, "text-4.txt");
  await page.keyboard.press("Backspace");
  await shownKey(page, "text-3.txt");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await shownKey(page, "text-1.txt");
  await expect(page.getByRole("radio", { name: "Good" })).toBeChecked();
  await page.getByRole("textbox", { name: "Note" }).fill("on second thoughts");
  await page.keyboard.press("Control+Enter");
  await shownKey(page, "text-4.txt");
  await expect
    .poll(async () => (await world.stored("text-1.txt")).annotations[0])
    .toMatchObject({ revision: 2, answer: { fields: { note: "on second thoughts" } } });
});

test("a class list that is longer than the keys is searched by name", async ({ page, server }) => {
  const world = await World.of(server);
  const names = Array.from({ length: 24 }, (_, index) => `kind${index + 1}`);
  const classes = names.map((id) => ({
    id,
    title: `Kind ${id.slice(4)}`,
    geometry: ["box"],
    color: "#0072B2",
  }));
  await world.images({ modality: "image", classes }, 1);
  await enter(page, server, "Many", "labeler");
  await world.label(page);
  await page.keyboard.press("l");
  await page.keyboard.type("d 23");
  await page.keyboard.press("Enter");
  await drag(page, [20, 20], [120, 120]);
  await expect(regions(page).first()).toContainText("Kind 23");
});

test("the server's complaint leads back to the answer", async ({ page, server }) => {
  const world = await World.of(server);
  await world.images(BOXES, 2);
  await enter(page, server, "Wrong", "labeler");
  await world.label(page);
  await drag(page, [20, 20], [120, 120]);
  // What only the server finds: here a box that was moved out of the image on its way.
  let spoilt = false;
  await page.route("**/submit", async (route) => {
    if (spoilt) return route.continue();
    spoilt = true;
    const body = route.request().postDataJSON() as { answer: { regions: { geometry: { x: number } }[] } };
    for (const region of body.answer.regions) region.geometry.x = 5000;
    return route.continue({ postData: JSON.stringify(body) });
  });
  await page.keyboard.press("Enter");
  const notice = page.getByRole("alert").filter({ hasText: "needs a correction" });
  await expect(notice).toContainText("the image is 400 x 300");
  await notice.getByRole("button", { name: "Open it" }).click();
  await shownKey(page, "image-1.png");
  await page.getByRole("button", { name: /it reaches from/ }).click();
  await expect(regions(page).first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("save-state")).toHaveText("saved");
  expect((await world.answered("image-1.png")).regions).toHaveLength(1);
});

test("a new labeler is shown around once, and works meanwhile", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(QUESTIONS, ["a", "b", "c"]);
  await enter(page, server, "Newcomer", "labeler");
  await world.label(page);
  const tour = page.getByRole("region", { name: "Tour" });
  await expect(tour).toContainText("1 of 5");
  await tour.getByRole("button", { name: "Next" }).click();
  await expect(tour).toContainText("Enter stores the answer");
  // Keys work as if it were not there.
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  await expect(tour).toContainText("2 of 5");
  for (let step = 2; step < 5; step++) await tour.getByRole("button", { name: "Next" }).click();
  await expect(tour).toContainText("shows all keys");
  await tour.getByRole("button", { name: "Done" }).click();
  await expect(tour).toHaveCount(0);
  await page.reload();
  await shownKey(page, "text-2.txt");
  await expect(tour).toHaveCount(0);
});

test("one key a task answers, ignores and goes back", async ({ page, server }) => {
  const world = await World.of(server);
  const options = [
    { id: "yes", title: "Yes", hotkey: "a" },
    { id: "no", title: "No", hotkey: "x" },
  ];
  const fields = [{ id: "right", title: "Is it right?", required: true, kind: { type: "choice", options } }];
  await world.texts({ modality: "text", fields }, ["1", "2", "3", "4"]);
  await enter(page, server, "Binary", "labeler");
  await world.label(page);
  await page.getByRole("button", { name: "One key a task" }).click();
  await page.keyboard.press("a");
  await shownKey(page, "text-2.txt");
  await page.keyboard.press("x");
  await shownKey(page, "text-3.txt");
  await page.keyboard.press("Space");
  await shownKey(page, "text-4.txt");
  // Back to the second answer, which is changed by its other key.
  await page.keyboard.press("Backspace");
  await shownKey(page, "text-2.txt");
  await page.keyboard.press("a");
  await shownKey(page, "text-4.txt");
  await expect.poll(async () => (await world.stored("text-2.txt")).annotations[0]?.revision).toBe(2);
  expect((await world.answered("text-1.txt")).fields).toEqual({ right: "yes" });
  expect((await world.answered("text-2.txt")).fields).toEqual({ right: "yes" });
  expect((await world.stored("text-3.txt")).annotations).toEqual([]);
  // It is remembered.
  await page.reload();
  await expect(page.getByRole("button", { name: "One key a task" })).toHaveAttribute("aria-pressed", "true");
});
