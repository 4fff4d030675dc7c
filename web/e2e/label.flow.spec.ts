// Around a task: skip, flag, comment, back, sent back, guidelines, suggestions.
import { BOXES, drag, enter, QUESTIONS, regions, shownKey, test, World } from "./label.world";
import { expect } from "./server";

test("a task is skipped, flagged and commented on with reasons", async ({ page, server }) => {
  const world = await World.of(server);
  await world.images(BOXES, 2);
  await enter(page, server, "Doubt", "labeler");
  await world.label(page);
  await drag(page, [20, 20], [120, 120]);
  await page.keyboard.press("f");
  await page.getByRole("dialog").getByRole("textbox", { name: "Reason" }).fill("two cars or one?");
  await page.getByRole("dialog").getByRole("button", { name: "Flag", exact: true }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("c");
  await page.getByRole("textbox", { name: "Comment on Car" }).fill("hard to see");
  await page.getByRole("button", { name: "Add comment" }).click();
  await expect(page.getByRole("region", { name: "Comments" })).toContainText("hard to see");
  const stored = await world.stored("image-1.png");
  expect(stored.flags).toMatchObject([{ reason: "two cars or one?" }]);
  expect(stored.comments[0]?.body).toBe("hard to see");
  expect(stored.comments[0]?.region_id).toBeTruthy();
  await page.getByTestId("canvas").focus();
  await page.keyboard.press("s");
  await page.getByRole("dialog").getByRole("button", { name: "I cannot tell" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Skip", exact: true }).click();
  await shownKey(page, "image-2.png");
  await page.keyboard.press("Escape");
  await shownKey(page, "image-2.png");
});

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

test("what a reviewer sent back comes first, with the reason", async ({ page, server }) => {
  const world = await World.of(server);
  await world.texts(QUESTIONS, ["a", "b"], { review: { type: "all" } });
  await enter(page, server, "Again", "labeler");
  await world.label(page);
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await shownKey(page, "text-2.txt");
  await world.answered("text-1.txt");
  const [annotation] = (await world.stored("text-1.txt")).annotations;
  const sent = await world.api.post(`/api/v1/annotations/${annotation?.id}/reviews`, {
    data: { revision: 1, verdict: "reject", reason: "read to the end" },
  });
  expect(sent.ok()).toBe(true);
  await page.reload();
  await shownKey(page, "text-1.txt");
  await expect(page.getByRole("alert")).toContainText("read to the end");
  await page.keyboard.press("2");
  await page.keyboard.press("5");
  await page.keyboard.press("Control+Enter");
  await shownKey(page, "text-2.txt");
  await expect
    .poll(async () => (await world.stored("text-1.txt")).annotations[0])
    .toMatchObject({ revision: 2, state: "submitted", answer: { fields: { mood: "bad", level: 5 } } });
});

test("guidelines are marked until they are read", async ({ page, server }) => {
  const world = await World.of(server);
  await world.make(QUESTIONS, [["a.txt", Buffer.from("a")]], {}, { guidelines: "Read it **twice**." });
  await enter(page, server, "Reader", "labeler");
  await world.label(page);
  const panel = page.getByRole("region", { name: "Guidelines" });
  await expect(panel.getByText("new", { exact: true })).toBeVisible();
  await panel.getByRole("button", { name: /I have read/ }).click();
  await expect(panel.getByText("new", { exact: true })).toHaveCount(0);
  const put = await world.api.put(`/api/v1/projects/${world.project}/guidelines`, {
    data: { markdown: "Read it **three times**." },
  });
  expect(put.ok()).toBe(true);
  await page.reload();
  await expect(panel.getByText("changed", { exact: true })).toBeVisible();
  await expect(panel.locator("strong")).toHaveText("three times");
});

test("suggestions are taken by one key, and never without", async ({ page, server }) => {
  const world = await World.of(server);
  const rows = ["text,mood", "lovely,good", "so so,bad"].join("\n");
  await world.make(
    QUESTIONS,
    [["rows.csv", Buffer.from(rows)]],
    {},
    {
      mapping: { content: "text", labels: { mood: "mood" } },
      tasks: 2,
    },
  );
  await enter(page, server, "Trust", "labeler");
  await world.label(page);
  await expect(page.getByRole("radio", { name: "Good" })).not.toBeChecked();
  await page.keyboard.press("a");
  await expect(page.getByRole("radio", { name: "Good" })).toBeChecked();
  await page.keyboard.press("z");
  await expect(page.getByRole("radio", { name: "Good" })).not.toBeChecked();
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
