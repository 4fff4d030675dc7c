// Coming in: links, passwords, invitations, and a session that ends in the middle of the work.
import { expect, Server, signIn, test } from "./server";

test("the link of the first start signs the owner in once and asks for a password", async ({ page }) => {
  const server = new Server();
  try {
    await server.start("serve");
    await signIn(page, server, server.link);
    expect(new URL(page.url()).pathname).toBe("/");
    expect(page.url()).not.toContain("#");
    await expect(page.getByText("Your account has no password yet")).toBeVisible();
    await expect(page.getByRole("heading", { name: "No projects yet" })).toBeVisible();
    await expect(page.getByRole("link", { name: "New project" })).toBeVisible();
    await page.context().clearCookies();
    await page.goto(server.address + server.link);
    await expect(page.getByRole("alert")).toContainText("was used or has expired");
  } finally {
    await server.remove();
  }
});

test("a password is set, and signs in where one wanted to go", async ({ page, server }) => {
  await signIn(page, server, server.addUser("pia@example.org", "Pia", "manager"));
  await page.getByRole("link", { name: "Set a password" }).click();
  await page.getByRole("textbox", { name: "New password" }).fill("short");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByText("a password has at least 10 characters")).toBeVisible();
  await page.getByRole("textbox", { name: "New password" }).fill("long enough to keep");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByText("Your password is set.")).toBeVisible();
  await page.getByRole("button", { name: "Pia" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();

  await page.goto(`${server.address}/jobs`);
  await page.getByLabel("E-mail address").fill("pia@example.org");
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("The e-mail address or the password is wrong.");
  await page.getByRole("textbox", { name: "Password" }).fill("long enough to keep");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Jobs" })).toBeVisible();
});

test("after some wrong passwords one is told how long to wait", async ({ page, server }) => {
  await page.goto(`${server.address}/sign-in`);
  await page.getByLabel("E-mail address").fill("nobody@example.org");
  await page.getByRole("textbox", { name: "Password" }).fill("guess");
  for (let tries = 0; tries < 6; tries += 1) {
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
  }
  await expect(page.getByRole("alert")).toContainText(/try again in \d+ s/);
});

test("somebody invited joins as a labeler and sees no manager pages", async ({ page, server, browser }) => {
  await signIn(page, server, server.addUser("mona@example.org", "Mona", "manager"));
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByLabel("E-mail address").fill("lena@example.org");
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  await expect(page.getByRole("table").first()).toContainText("lena@example.org");

  const other = await browser.newContext();
  const joining = await other.newPage();
  await joining.goto(link);
  await expect(joining).not.toHaveURL(/#/);
  await joining.getByLabel("Your name").fill("Lena");
  await joining.getByRole("textbox", { name: "Password" }).fill("lena keeps a secret");
  await joining.getByRole("button", { name: "Join" }).click();
  await expect(joining.getByRole("heading", { name: "Projects" })).toBeVisible();
  await expect(joining.getByRole("link", { name: "Label" }).first()).toBeVisible();
  for (const page of ["Data", "Schemas", "Members", "Jobs", "Audit log", "New project", "Open", "Review"]) {
    await expect(joining.getByRole("link", { name: page, exact: true })).toHaveCount(0);
  }
  await joining.goto(`${server.address}/projects/1/tasks`);
  await expect(joining.getByRole("alert")).toContainText("Your role does not allow this");
  await other.close();
});

test("a session that ends in the middle asks for the password in place and goes on", async ({
  page,
  server,
}) => {
  await signIn(page, server, server.addUser("ines@example.org", "Ines", "manager"));
  await page.goto(`${server.address}/account`);
  await page.getByRole("textbox", { name: "New password" }).fill("ines has a password");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByText("Your password is set.")).toBeVisible();
  await page.goto(`${server.address}/data`);
  const name = page.getByRole("textbox", { name: "Name of the new dataset" });
  await name.fill("Kept through it all");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Make a dataset" }).click();

  const dialogue = page.getByRole("dialog", { name: "Sign in again" });
  await expect(dialogue).toBeVisible();
  await expect(name).toHaveValue("Kept through it all");
  await dialogue.getByRole("textbox", { name: "Password" }).fill("ines has a password");
  await dialogue.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Kept through it all" })).toBeVisible();
});
