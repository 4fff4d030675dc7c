// The automation page: label a few dozen texts, train, see the curve, take suggestions, read a certificate.
import AxeBuilder from "@axe-core/playwright";
import { type APIRequestContext, type Page, request } from "@playwright/test";
import { email, test, World } from "./label.world";
import { expect, type Server, signIn } from "./server";

const MOOD = {
  modality: "text",
  fields: [
    {
      id: "mood",
      title: "Mood",
      required: true,
      kind: {
        type: "choice",
        options: [
          { id: "good", title: "Good" },
          { id: "bad", title: "Bad" },
        ],
      },
    },
  ],
};
const GOOD = ["wonderful", "lovely", "splendid", "charming"];
const BAD = ["dreadful", "horrible", "awful", "gloomy"];

const texts = Array.from({ length: 80 }, (_, index) => {
  const words = index % 2 === 0 ? GOOD : BAD;
  const at = Math.floor(index / 2);
  return `the dinner was ${words[at % 4]} and ${words[(at + 1) % 4]}, visit ${index}`;
});
const mood = (text: string) => (GOOD.some((word) => text.includes(word)) ? "good" : "bad");

const mapping = { key: "id", content: "text" };
const table = ["id,text", ...texts.map((text, index) => `t${index + 10},"${text}"`)].join("\n");

interface Assignment {
  task_id: number;
  epoch: number;
  text: string;
  prelabels: { answer: { fields: { mood?: string } }; score?: number | null }[];
}

async function labeler(server: Server, name: string): Promise<APIRequestContext> {
  const api = await request.newContext({ baseURL: server.address });
  const path = server.addUser(email(name), name, "labeler");
  await api.post("/api/v1/auth/link", { data: { token: path.slice(path.indexOf("#") + 1) } });
  return api;
}

/** Answers the next task with what `answer` makes of it. */
async function labelNext(
  api: APIRequestContext,
  project: number,
  answer: (one: Assignment) => string,
): Promise<Assignment> {
  const next = await api.post(`/api/v1/projects/${project}/next`, { data: { count: 1 } });
  const [one] = ((await next.json()) as { assignments: Assignment[] }).assignments;
  if (!one) throw new Error("there is no task");
  const sent = await api.post(`/api/v1/tasks/${one.task_id}/submit`, {
    data: {
      epoch: one.epoch,
      parent: null,
      answer: { fields: { mood: answer(one) }, regions: [], relations: [] },
      took_ms: 1000,
    },
    headers: { "Idempotency-Key": `key-${one.task_id}` },
  });
  expect(sent.ok(), await sent.text()).toBe(true);
  return one;
}

async function open(page: Page, server: Server, world: World): Promise<void> {
  await signIn(page, server, server.addUser(email("mona"), "Mona", "manager"));
  await page.goto(`${server.address}/projects/${world.project}/automation`);
}

test("a few dozen labels teach a model, and a certificate says what it may do", async ({ page, server }) => {
  test.setTimeout(120_000);
  const world = await World.of(server);
  await world.make(MOOD, [["texts.csv", Buffer.from(table)]], {}, { mapping, tasks: texts.length });
  await open(page, server, world);
  await expect(page.getByText(/Label 10 tasks more, of at least two kinds/)).toBeVisible();
  await page.getByRole("button", { name: "Train now" }).click();
  await expect(page.getByText(/label 10 more, 10 are the least to learn from/i)).toBeVisible();

  const ada = await labeler(server, "Ada");
  for (let done = 0; done < 30; done += 1) await labelNext(ada, world.project, (one) => mood(one.text));
  await page.reload();
  await page.getByRole("button", { name: "Train now" }).click();
  await expect(page.getByText(/Run 1 learned from 30 labels/).first()).toBeVisible();
  const curve = page.getByRole("region", { name: "Learning curve" });
  await expect(curve.getByRole("img", { name: /Accuracy after up to 30 labels/ })).toBeVisible();
  await expect(curve.getByRole("row", { name: /^1 30 \d+ %/ })).toBeVisible();
  await expect(curve.getByRole("link", { name: /Download CSV/ })).toHaveAttribute("href", /tables\/runs$/);

  // People take suggestions: the page counts them.
  let taken = 0;
  while (taken < 5) {
    const one = await labelNext(
      ada,
      world.project,
      ({ prelabels, text }) => prelabels[0]?.answer.fields.mood ?? mood(text),
    );
    if (one.prelabels.length > 0) taken += 1;
  }
  await page.reload();
  await expect(curve.getByRole("row", { name: /^1 30 .* 5 0 0 / })).toBeVisible();

  await page.getByRole("combobox", { name: "Next tasks" }).click();
  await page.getByRole("option", { name: "Where the model is least sure" }).click();
  await page.getByRole("button", { name: "Save rule" }).click();
  await expect(page.getByText(/The rule is saved/)).toBeVisible();
  await page.getByRole("button", { name: "Train now" }).click();
  const queue = page.getByRole("region", { name: "Queue" });
  await expect(queue.getByRole("row", { name: /the model is unsure/ }).first()).toBeVisible();

  await page.getByRole("textbox", { name: /Labels that shall be right/ }).fill("80");
  await page.getByRole("textbox", { name: /Risk that they are not/ }).fill("10");
  await page.getByRole("button", { name: "Label by machine" }).click();
  const certificate = page.getByRole("region", { name: "Certificate 1" });
  await expect(certificate).toContainText("At least 80.0 % right, at a risk of 10.0 %.");
  await certificate.getByText("Sample and assumptions").click();
  await expect(certificate).toContainText("labels given by people are right");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
});

test("a project without a choice says why nothing can be learned", async ({ page, server }) => {
  const world = await World.of(server);
  const note = { id: "note", title: "Note", kind: { type: "text" } };
  await world.texts({ modality: "text", fields: [note] }, ["one"]);
  await open(page, server, world);
  await expect(page.getByText("Nothing can be learned here")).toBeVisible();
  await expect(page.getByText(/asks for no choice of one option/)).toBeVisible();
});
