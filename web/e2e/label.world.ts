// Projects and people for the tests of labeling and review, made through the API, and looks at what was stored.
import { execFileSync } from "node:child_process";
import { type APIRequestContext, type Page, request } from "@playwright/test";
import { png } from "./app.files";
import { test as base, binary, expect, Server, signIn } from "./server";

type Json = Record<string, unknown>;

export interface StoredAnswer {
  fields: Record<string, unknown>;
  regions: { id: string; class: string; geometry: Json & { type: string }; attributes?: Json }[];
  relations: { relation: string; from: string; to: string }[];
}

export interface Stored {
  task: { id: number; key: string; state: string };
  companions: { pane: string; item: { media_url: string } }[];
  annotations: { id: number; author_name: string; state: string; revision: number; answer: StoredAnswer }[];
  reviews: { verdict: string; reason: string }[];
  consensus?: { number: number; answer: StoredAnswer };
  comments: { body: string; region_id?: string }[];
  flags: { reason: string }[];
  gold?: StoredAnswer;
}

/** An empty server: quicker to make than one with the demo projects. */
export const test = base.extend<object, { server: Server }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const server = new Server();
      await server.start("serve");
      await use(server);
      await server.remove();
    },
    { scope: "worker" },
  ],
});

let people = 0;

/** A name that nobody has yet. */
export function email(name: string): string {
  people += 1;
  return `${name.toLowerCase()}-${process.pid}-${people}@example.org`;
}

/** Signs a page in as a new labeler or reviewer. */
export async function enter(
  page: Page,
  server: Server,
  name: string,
  role: "labeler" | "reviewer" | "manager",
) {
  const address = email(name);
  await signIn(page, server, server.addUser(address, name, role));
  return address;
}

/** A manager who speaks to the API, and one project. */
export class World {
  readonly api: APIRequestContext;
  readonly server: Server;
  project = 0;

  private constructor(api: APIRequestContext, server: Server) {
    this.api = api;
    this.server = server;
  }

  static async of(server: Server): Promise<World> {
    const api = await request.newContext({ baseURL: server.address });
    const path = server.addUser(email("manager"), "Manager", "manager");
    const token = path.slice(path.indexOf("#") + 1);
    const answer = await api.post("/api/v1/auth/link", { data: { token } });
    expect(answer.ok()).toBe(true);
    return new World(api, server);
  }

  private async post<T = { id: number }>(path: string, data: unknown): Promise<T> {
    const answer = await this.api.post(`/api/v1${path}`, { data });
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
    return (answer.status() === 204 ? undefined : await answer.json()) as T;
  }

  /** A project of these files; waits until they are tasks. */
  async make(
    schema: Json,
    files: [string, Buffer][],
    settings: Json = {},
    more: { mapping?: Json; format?: string; tasks?: number; guidelines?: string } = {},
  ): Promise<void> {
    const me = (await (await this.api.get("/api/v1/me")).json()) as { workspaces: { id: number }[] };
    const workspace = me.workspaces[0]?.id;
    const name = `world ${email("x")}`;
    const dataset = (await this.post(`/workspaces/${workspace}/datasets`, { name })).id;
    const uploads: number[] = [];
    for (const [file, bytes] of files) {
      const upload = (
        await this.post(`/workspaces/${workspace}/uploads`, { name: file, bytes: bytes.length })
      ).id;
      const sent = await this.api.patch(`/api/v1/uploads/${upload}`, {
        data: bytes,
        headers: { "Upload-Offset": "0", "Content-Type": "application/octet-stream" },
      });
      expect(sent.ok(), await sent.text()).toBe(true);
      uploads.push(upload);
    }
    const made = await this.post<{ schema_version_id: number }>(`/workspaces/${workspace}/schemas`, {
      document: { ...schema, name },
    });
    this.project = (
      await this.post(`/workspaces/${workspace}/projects`, {
        name,
        dataset_ids: [dataset],
        schema_version_id: made.schema_version_id,
        settings,
        guidelines: more.guidelines ?? "",
      })
    ).id;
    if (files.length === 0) return;
    await this.post(`/datasets/${dataset}/imports`, {
      uploads,
      format: more.format ?? "auto",
      project_id: this.project,
      ...(more.mapping ? { mapping: more.mapping } : {}),
    });
    const tasks = async () => {
      const view = await (await this.api.get(`/api/v1/projects/${this.project}`)).json();
      return (view as { progress: { tasks: number } }).progress.tasks;
    };
    await expect.poll(tasks, { timeout: 20_000 }).toBe(more.tasks ?? files.length);
  }

  async images(schema: Json, count: number, settings: Json = {}): Promise<void> {
    const files = Array.from({ length: count }, (_, index): [string, Buffer] => [
      `image-${index + 1}.png`,
      png(400, 300, [60 + 40 * index, 90, 120]),
    ]);
    await this.make(schema, files, settings);
  }

  async texts(schema: Json, texts: string[], settings: Json = {}): Promise<void> {
    const files = texts.map((text, index): [string, Buffer] => [`text-${index + 1}.txt`, Buffer.from(text)]);
    await this.make(schema, files, settings);
  }

  /** Items that come with an answer, as one a model or another tool gave. */
  async prelabeled(schema: Json, items: { key: string; text?: string; answer: Json }[]): Promise<void> {
    const header = { format: "labelwright", version: 1, project: "", schema: { ...schema, name: "old" } };
    const lines = items.map(({ key, text, answer }) => ({
      key,
      modality: schema.modality,
      hash: "",
      ...(text === undefined ? { file: key } : { text }),
      answers: [{ source: "model", answer }],
    }));
    const pictures = items.filter((one) => one.text === undefined);
    const files = pictures.map(({ key }, index): [string, Buffer] => [
      key,
      png(400, 300, [90, 90 + index, 60]),
    ]);
    const list = [header, ...lines].map((line) => JSON.stringify(line)).join("\n");
    await this.make(
      schema,
      [["items.jsonl", Buffer.from(list)], ...files],
      {},
      {
        format: "native",
        tasks: items.length,
      },
    );
  }

  async publish(markdown: string): Promise<void> {
    const answer = await this.api.put(`/api/v1/projects/${this.project}/guidelines`, { data: { markdown } });
    expect(answer.ok(), await answer.text()).toBe(true);
  }

  /** Judges the first answer of a task. */
  async judge(key: string, verdict: Json): Promise<void> {
    const [one] = (await this.stored(key)).annotations;
    await this.post(`/annotations/${one?.id}/reviews`, { revision: one?.revision, ...verdict });
  }

  /** Opens the label page and waits for the canvas. */
  async label(page: Page, task?: number): Promise<void> {
    const tail = task === undefined ? "" : `/${task}`;
    await page.goto(`${this.server.address}/projects/${this.project}/label${tail}`);
    await expect(page.getByTestId("canvas").first()).toBeVisible();
  }

  async review(page: Page): Promise<void> {
    await page.goto(`${this.server.address}/projects/${this.project}/review`);
    await expect(page.getByTestId("canvas").first()).toBeVisible();
  }

  /** The tasks in their order. */
  async tasks(): Promise<{ id: number; key: string; state: string }[]> {
    const answer = await this.api.get(`/api/v1/projects/${this.project}/tasks?limit=100`);
    return ((await answer.json()) as { items: { id: number; key: string; state: string }[] }).items;
  }

  async stored(key: string): Promise<Stored> {
    const task = (await this.tasks()).find((one) => one.key === key);
    return (await (await this.api.get(`/api/v1/tasks/${task?.id}`)).json()) as Stored;
  }

  /** The answers as they go out, in the project's own format: a head, then a line for each item. */
  exported(): string {
    const words = ["export", "--data", this.server.data, "--project", `${this.project}`];
    return execFileSync(binary, [...words, "--answers", "all", "--output", "-"], { encoding: "utf8" });
  }

  /** Waits until a task has this many answers, and gives the first one. */
  async answered(key: string, count = 1): Promise<StoredAnswer> {
    await expect.poll(async () => (await this.stored(key)).annotations.length).toBe(count);
    const answer = (await this.stored(key)).annotations[0]?.answer;
    if (!answer) throw new Error("there is no answer");
    return answer;
  }

  /** Labels every task as a new person, through the API. */
  async labelAll(name: string, answerOf: (key: string) => Json): Promise<void> {
    const api = await request.newContext({ baseURL: this.server.address });
    const path = this.server.addUser(email(name), name, "labeler");
    await api.post("/api/v1/auth/link", { data: { token: path.slice(path.indexOf("#") + 1) } });
    for (;;) {
      const next = await api.post(`/api/v1/projects/${this.project}/next`, { data: { count: 1 } });
      const { assignments } = (await next.json()) as {
        assignments: { task_id: number; epoch: number; item: { key: string } }[];
      };
      const [one] = assignments;
      if (!one) break;
      const sent = await api.post(`/api/v1/tasks/${one.task_id}/submit`, {
        data: { epoch: one.epoch, parent: null, answer: answerOf(one.item.key), took_ms: 1000 },
        headers: { "Idempotency-Key": `${name}-${one.task_id}` },
      });
      expect(sent.ok(), await sent.text()).toBe(true);
    }
    await api.dispose();
  }
}

/** Where a point of the image is on the page. */
export async function spot(page: Page, x: number, y: number): Promise<[number, number]> {
  const canvas = page.getByTestId("canvas");
  await expect(canvas).toHaveAttribute("data-view", /\d/);
  const [scale = 1, left = 0, top = 0] = ((await canvas.getAttribute("data-view")) ?? "")
    .split(" ")
    .map(Number);
  const place = await canvas.boundingBox();
  return [(place?.x ?? 0) + left + x * scale, (place?.y ?? 0) + top + y * scale];
}

export async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const [start, end] = [await spot(page, ...from), await spot(page, ...to)];
  await page.mouse.move(...start);
  await page.mouse.down();
  await page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2);
  await page.mouse.move(...end);
  await page.mouse.up();
}

export async function click(page: Page, x: number, y: number): Promise<void> {
  await page.mouse.click(...(await spot(page, x, y)));
}

export const regions = (page: Page) => page.getByRole("listbox").getByRole("option", { disabled: false });

/** The key of the task on the screen. */
export const shownKey = (page: Page, key: string) =>
  expect(page.locator("header").first()).toContainText(key);

const box = (id: string, color: string, hotkey?: string) => ({
  id,
  title: id[0]?.toUpperCase() + id.slice(1),
  geometry: ["box"],
  color,
  ...(hotkey ? { hotkey } : {}),
  attributes: [{ id: "occluded", title: "Occluded", kind: { type: "boolean" } }],
});

export const BOXES = {
  modality: "image",
  classes: [box("car", "#0072B2", "1"), box("person", "#D55E00", "2")],
};

export const POLYGONS = {
  modality: "image",
  classes: [
    { id: "object", title: "Object", geometry: ["polygon", "mask"], color: "#0072B2" },
    { id: "cover", title: "Cover", geometry: ["mask"], color: "#999999" },
  ],
};

const span = (id: string, color: string) => ({
  id,
  title: id[0]?.toUpperCase() + id.slice(1),
  geometry: ["span"],
  color,
});

export const NAMES = {
  modality: "text",
  classes: [span("person", "#0072B2"), span("place", "#009E73"), span("company", "#E69F00")],
  relations: [{ id: "works_for", title: "works for", from: ["person"], to: ["company"], directed: true }],
};

export const QUESTIONS = {
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
    {
      id: "level",
      title: "Level",
      required: true,
      kind: { type: "rating", max: 5 },
      when: { field: "mood", any_of: ["bad"] },
    },
    { id: "note", title: "Note", kind: { type: "text", multiline: true } },
  ],
};
