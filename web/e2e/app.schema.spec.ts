// Schemas without JSON: the gallery of templates, and the forms in which a newcomer makes one.
import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { checkSchema } from "../src/core/schema/check";
import { put } from "../src/core/schema/pointer";
import type { LabelSchema } from "../src/core/types";
import { file, png } from "./app.files";
import { expect, type Server, signIn, test } from "./server";

async function begin(page: Page, server: Server, email: string, path: string): Promise<void> {
  await signIn(page, server, server.addUser(email, "Nora", "manager"));
  await page.goto(server.address + path);
}

/** Opens the forms on the schemas page, with a template or with nothing. */
async function open(page: Page, server: Server, email: string, template?: string): Promise<void> {
  await begin(page, server, email, "/schemas");
  await page.getByRole("button", { name: "New schema" }).click();
  if (template) {
    await page.getByRole("radio", { name: template, exact: true }).check();
    await page.getByRole("button", { name: `Begin with ${template}` }).click();
  } else {
    await page.getByRole("button", { name: "Begin with nothing" }).click();
  }
}

const cards = (page: Page) => page.getByRole("radiogroup", { name: "Template" }).getByRole("radio");
const part = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const title = (page: Page, noun: string, number: number) =>
  page.getByRole("textbox", { name: `Title of ${noun} ${number}`, exact: true });
const titles = (place: Locator) =>
  place
    .getByRole("textbox", { name: /^Title of class/ })
    .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));

/** The document that the forms have made, as the other view shows it. */
async function documentOf(page: Page): Promise<LabelSchema> {
  await page.getByText("JSON", { exact: true }).click();
  const text = await page.getByRole("textbox", { name: "Schema", exact: true }).inputValue();
  await page.getByText("Forms", { exact: true }).click();
  return JSON.parse(text) as LabelSchema;
}

async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const one of violations.filter((one) => one.impact === "serious" || one.impact === "critical")) {
      found.push(...one.nodes.map((node) => `${scheme}: ${one.id}: ${node.html.slice(0, 200)}`));
    }
  }
  return found;
}

test("templates are found by words, data and tags, and by keyboard", async ({ page, server }) => {
  await begin(page, server, "gallery@example.org", "/new");
  const search = page.getByRole("searchbox", { name: "Find a template" });
  await expect(cards(page).first()).toBeVisible();
  const all = await cards(page).count();
  await expect(page.getByText(`${all} templates`)).toBeVisible();
  await search.fill("bicycle");
  await expect(page.getByRole("radio", { name: "Object detection" })).toBeVisible();
  await expect(page.getByRole("radio", { name: "Sentiment" })).toHaveCount(0);
  await search.fill("");
  await page.getByRole("combobox", { name: "For" }).click();
  await page.getByRole("option", { name: "Text" }).click();
  await expect(page.getByRole("radio", { name: "Object detection" })).toHaveCount(0);
  const tag = page.getByRole("button", { name: /^relations/ });
  await tag.press("Space");
  await expect(tag).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByRole("radio", { name: "Sentiment" })).toHaveCount(0);
  await expect(page.getByRole("radio", { name: "Named entities and relations" })).toBeVisible();
  await search.fill("no such thing");
  await expect(page.getByRole("heading", { name: "No template fits" })).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).press("Enter");
  await expect(cards(page)).toHaveCount(all);
  await expect(search).toHaveValue("");
  // The cards are one stop of Tab; arrows go from one to the next.
  await cards(page).first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(cards(page).nth(1)).toBeChecked();
  await expect(cards(page).nth(1)).toBeFocused();
});

test("a newcomer makes a detection project without JSON", async ({ page, server }) => {
  await begin(page, server, "boxes@example.org", "/new");
  await page.getByTestId("files").setInputFiles([file("red.png", "image/png", png(60, 40, [200, 30, 30]))]);
  await page.getByText("Build it", { exact: true }).click();
  await expect(page.getByText("To go on, mend the schema in step 2.")).toBeVisible();
  await page.getByRole("textbox", { name: "Name of the schema" }).fill("Parking");
  await page.getByRole("button", { name: "Add a class" }).click();
  await expect(title(page, "class", 1)).toBeFocused();
  // The title is selected: what is typed takes its place.
  await page.keyboard.type("Parked car");
  await page.getByRole("button", { name: "Add a class" }).click();
  await page.keyboard.type("Free place");
  await page.getByRole("button", { name: "Details of Free place" }).click();
  await page.getByRole("checkbox", { name: "polygon", exact: true }).check();
  await page.getByRole("textbox", { name: "Definition" }).fill("A place where a car fits.");
  await page.getByRole("textbox", { name: "This is none" }).fill("a driveway\na bus stop");
  await page.getByRole("button", { name: "Add an attribute" }).click();
  await page.keyboard.type("Wide");
  await page.getByRole("button", { name: "Details of Wide" }).click();
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Yes or no" }).click();
  const view = part(page, "What the labeler sees");
  await view.getByRole("button", { name: /Free place/ }).click();
  await expect(view.getByText("✗ a bus stop")).toBeVisible();
  await expect(view.getByRole("group", { name: "Wide" }).getByRole("checkbox")).toBeVisible();
  expect((await documentOf(page)).classes).toEqual([
    { id: "parked_car", title: "Parked car", geometry: ["box"], color: "#0072B2", hotkey: "1" },
    {
      id: "free_place",
      title: "Free place",
      geometry: ["box", "polygon"],
      color: "#E69F00",
      hotkey: "2",
      description: "A place where a car fits.",
      examples: { positive: [], negative: ["a driveway", "a bus stop"] },
      attributes: [{ id: "wide", title: "Wide", kind: { type: "boolean" } }],
    },
  ]);
  await page.getByRole("textbox", { name: "Name of the project" }).fill("Parking places");
  // Enter in a form of the schema does not make the project.
  await expect(page.getByRole("button", { name: "Create project" })).toBeEnabled();
  await page.getByRole("textbox", { name: "Name of the schema" }).press("Enter");
  await page.waitForTimeout(200);
  await expect(page.getByRole("button", { name: "Create project" })).toBeEnabled();
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByText("1 item added")).toBeVisible({ timeout: 20_000 });
  await page.goto(`${page.url().replace(/\?.*/, "")}/label`);
  const palette = page.getByRole("navigation", { name: "Tools and classes" });
  await expect(palette.getByRole("button", { name: /^Parked car/ })).toBeEnabled();
  await expect(palette.getByRole("button", { name: /^Free place/ })).toBeEnabled();
});

test("a newcomer makes names with relations, and publishes them", async ({ page, server }) => {
  await open(page, server, "names@example.org");
  await page.getByRole("textbox", { name: "Name of the schema" }).fill("People and towns");
  await page.getByRole("combobox", { name: "For", exact: true }).click();
  await page.getByRole("option", { name: "Text" }).click();
  for (const name of ["Person", "Town"]) {
    await page.getByRole("button", { name: "Add a class" }).click();
    await page.keyboard.type(name);
  }
  await page.getByRole("button", { name: "Add a relation" }).click();
  await page.keyboard.type("lives in");
  await page.getByRole("button", { name: "Details of lives in" }).click();
  await page.getByRole("group", { name: "From" }).getByRole("checkbox", { name: "Person" }).check();
  await page.getByRole("group", { name: "To" }).getByRole("checkbox", { name: "Town" }).check();
  // A class that gets another name takes its relations along.
  await title(page, "class", 2).fill("Place");
  await expect(part(page, "Relations").getByText("Person → Place")).toBeVisible();
  await page.getByRole("button", { name: "Add a question" }).click();
  await page.keyboard.type("Language");
  await page.getByRole("button", { name: "Details of Language" }).click();
  await title(page, "option", 1).fill("German");
  await title(page, "option", 2).fill("Italian");
  await page.getByRole("button", { name: "Add an option" }).click();
  await page.keyboard.type("Rätoromanisch");
  const made = await documentOf(page);
  expect(made.classes?.map((one) => [one.id, one.geometry])).toEqual([
    ["person", ["span"]],
    ["place", ["span"]],
  ]);
  expect(made.relations).toEqual([
    { id: "lives_in", title: "lives in", directed: true, from: ["person"], to: ["place"] },
  ]);
  expect(made.fields?.[0]?.kind).toMatchObject({
    options: [{ id: "german" }, { id: "italian" }, { id: "ratoromanisch" }],
  });
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByRole("heading", { name: "People and towns", level: 1 })).toBeVisible();
  // The next version keeps the ids under which labels lie.
  await page.getByRole("button", { name: "New version" }).click();
  await expect(page.getByRole("button", { name: "Publish" })).toBeDisabled();
  await title(page, "class", 1).fill("Somebody");
  await page.getByRole("button", { name: "Details of Somebody" }).click();
  await expect(page.getByRole("textbox", { name: "Id", exact: true })).toHaveValue("person");
  await expect(page.getByRole("textbox", { name: "Id", exact: true })).not.toBeEditable();
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText('Class person is now called "Somebody"')).toBeVisible();
});

test("bad input is told at its field, in words", async ({ page, server }) => {
  await open(page, server, "bad@example.org", "Object detection");
  const publish = page.getByRole("button", { name: "Publish" });
  await expect(publish).toBeEnabled();
  const bad = async (input: Locator, text: string, said: string) => {
    const before = await input.inputValue();
    await input.fill(text);
    await expect(input).toHaveAttribute("aria-invalid", "true");
    await expect(input).toHaveAccessibleDescription(new RegExp(said));
    await expect(publish).toBeDisabled();
    await input.fill(before);
    await expect(input).not.toHaveAttribute("aria-invalid", "true");
    await expect(publish).toBeEnabled();
  };
  await bad(page.getByRole("textbox", { name: "Name of the schema" }), "", "a title is needed");
  await bad(title(page, "class", 2), "  ", "a title is needed");
  await page.getByRole("button", { name: "Details of Truck" }).click();
  await bad(page.getByRole("textbox", { name: "Id", exact: true }), "Big car", "is no id");
  await bad(page.getByRole("textbox", { name: "Id", exact: true }), "car", "is used twice");
  await bad(page.getByRole("textbox", { name: "Colour", exact: true }), "red", "is no colour");
  await bad(page.getByRole("textbox", { name: "Hotkey" }), "ab", "a single character");
  await bad(page.getByRole("textbox", { name: "Hotkey" }), "1", "is the hotkey of class Car already");
  await page.getByRole("checkbox", { name: "box", exact: true }).uncheck();
  await expect(page.getByText("a class names at least one geometry").last()).toBeVisible();
  await expect(part(page, "Classes").getByText("a class names at least one geometry")).toBeVisible();
  await page.getByRole("checkbox", { name: "box", exact: true }).check();
  await page.getByRole("button", { name: "Add a question" }).click();
  await page.keyboard.type("Number plate");
  await page.getByRole("button", { name: "Details of Number plate" }).click();
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Text", exact: true }).click();
  // Only the server knows its regular expressions.
  await bad(page.getByRole("textbox", { name: "Form" }), "[a-z", "regex|unclosed");
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Rating" }).click();
  await bad(page.getByRole("textbox", { name: "From 1 to" }), "200", "2 to 100");
});

test("classes are moved by keyboard and by hand, deleted and brought back", async ({ page, server }) => {
  await open(page, server, "moves@example.org", "Object detection");
  const classes = part(page, "Classes");
  await page.getByRole("button", { name: "Move Car" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("status").filter({ hasText: "Car is number 2 of 4 now" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Move Car" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => titles(classes)).toEqual(["Truck", "Person", "Car", "Bicycle"]);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await expect.poll(() => titles(classes)).toEqual(["Car", "Truck", "Person", "Bicycle"]);
  // Both ends are on the screen: a page that scrolls under a pressed button starts no drag.
  await page.setViewportSize({ width: 1280, height: 1600 });
  await page.getByRole("button", { name: "Move Bicycle" }).dragTo(title(page, "class", 1));
  await expect.poll(() => titles(classes)).toEqual(["Bicycle", "Car", "Truck", "Person"]);
  await page.getByRole("button", { name: "Delete Truck" }).click();
  await expect.poll(() => titles(classes)).toEqual(["Bicycle", "Car", "Person"]);
  await expect(page.getByRole("button", { name: "Move Person" })).toBeFocused();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect.poll(() => titles(classes)).toEqual(["Bicycle", "Car", "Truck", "Person"]);
  await page.getByRole("button", { name: "Redo" }).click();
  await expect.poll(() => titles(classes)).toEqual(["Bicycle", "Car", "Person"]);
});

test("forms and JSON are two views of one schema", async ({ page, server }) => {
  await open(page, server, "views@example.org", "Object detection");
  await title(page, "class", 1).fill("Lorry");
  await page.getByText("JSON", { exact: true }).click();
  const text = page.getByRole("textbox", { name: "Schema", exact: true });
  const written = await text.inputValue();
  expect(JSON.parse(written)).toMatchObject({ classes: [{ id: "lorry", title: "Lorry" }, {}, {}, {}] });
  await text.fill(written.replace('"Lorry"', '"Van"'));
  await page.getByText("Forms", { exact: true }).click();
  await expect(title(page, "class", 1)).toHaveValue("Van");
  await page.getByText("JSON", { exact: true }).click();
  await text.fill(written.replace('"geometry"', '"geomtry"'));
  await page.getByText("Forms", { exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("cannot be shown as forms");
  await page.getByRole("button", { name: "Mend it as JSON" }).click();
  await expect(text).toHaveValue(/geomtry/);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Forms", { exact: true }).click();
  await expect(title(page, "class", 1)).toHaveValue("Lorry");
});

test("what was built is there again after a look at the templates", async ({ page, server }) => {
  await begin(page, server, "back@example.org", "/new");
  await page.getByRole("radio", { name: "Sentiment" }).check();
  await page.getByRole("button", { name: "Change it", exact: true }).click();
  await page.getByRole("textbox", { name: "Name of the schema" }).fill("Moods");
  await page.getByText("Template", { exact: true }).click();
  await expect(page.getByRole("radio", { name: "Sentiment" })).toBeChecked();
  await page.getByText("Build it", { exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Name of the schema" })).toHaveValue("Moods");
});

test("the forms find what the server finds", async ({ page, server }) => {
  await begin(page, server, "same@example.org", "/schemas");
  const option = (id: string) => ({ id, title: id });
  const good: LabelSchema = {
    name: "Good",
    modality: "image",
    fields: [
      { id: "a", title: "A", kind: { type: "choice", options: [option("x"), option("y")] } },
      { id: "b", title: "B", kind: { type: "number" }, when: { field: "a", any_of: ["x"] } },
    ],
    classes: [{ id: "c", title: "C", geometry: ["box"], color: "#000000", hotkey: "1" }],
    relations: [{ id: "r", title: "R", from: ["c"] }],
  };
  const changes: [string, unknown][] = [
    ["/name", " "],
    ["/name", "ü".repeat(201)],
    ["/fields/0/id", "A"],
    ["/fields/0/id", "b"],
    ["/fields/0/id", ""],
    ["/fields/0/kind/options", []],
    ["/fields/0/kind/min", 1],
    [
      "/fields/0/kind",
      { type: "choice", multiple: true, min: 3, max: 1, options: [option("x"), option("x")] },
    ],
    ["/fields/0/kind", { type: "pairwise", options: [option("x")] }],
    ["/fields/0/kind", { type: "ranking", options: [{ ...option("x"), children: [option("y")] }] }],
    ["/fields/0/kind", { type: "tree", options: [{ ...option("x"), children: [option("y"), option("y")] }] }],
    ["/fields/0/kind", { type: "rating", max: 1 }],
    ["/fields/0/kind", { type: "rating", max: 101 }],
    ["/fields/1/kind", { type: "number", min: 2, max: 1 }],
    ["/fields/1/when/any_of", []],
    ["/fields/0/when", { field: "b", any_of: [1] }],
    ["/fields/0/kind/options/0", { id: "x", title: "x", hotkey: "1" }],
    ["/fields/0/kind/options/0", { id: "x", title: "x", hotkey: "ab", color: "#12345g" }],
    ["/classes/0/hotkey", " "],
    ["/classes/0/color", "#12345"],
    ["/classes/0/geometry", []],
    ["/classes/0/geometry", ["span", "keypoints", "track"]],
    ["/classes/0/skeleton", { points: [], edges: [[0, 1]] }],
    ["/classes/0/attributes", [{ id: "x y", title: "", kind: { type: "boolean" } }]],
    ["/relations/0/from", ["c", "d"]],
    ["/relations/0/title", ""],
    ["/modality", "text"],
  ];
  const schemas = [
    good,
    { name: "n", modality: "text" } as const,
    ...changes.map((one) => put(good, ...one)),
  ];
  for (const schema of schemas) {
    const answer = await page.request.post(`${server.address}/api/v1/schemas/validate`, {
      data: { document: schema },
      headers: { Origin: server.address },
    });
    const { problems } = (await answer.json()) as { problems: { pointer: string; code: string }[] };
    const told = (found: { pointer: string; code: string }[]) => found.map((one) => [one.pointer, one.code]);
    expect([schema, told(checkSchema(schema))]).toEqual([schema, told(problems)]);
  }
});

test("gallery and forms have no serious violation and fit a narrow screen", async ({ page, server }) => {
  await begin(page, server, "access@example.org", "/new");
  await page.getByRole("radio", { name: "Named entities" }).check();
  await page.getByRole("button", { name: /^spans/ }).click();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Change it", exact: true }).click();
  await page.getByRole("button", { name: "Details of Person" }).click();
  await page.getByRole("button", { name: "Details of works for" }).click();
  await page.getByRole("button", { name: "Add a question" }).click();
  await page.getByRole("button", { name: "Details of New question" }).click();
  await page.getByRole("button", { name: "Details of First" }).click();
  await page.getByRole("textbox", { name: "Name of the schema" }).fill("");
  await expect(page.getByText("1 problem")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 700 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(320);
});
