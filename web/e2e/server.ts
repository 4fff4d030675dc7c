// A real server on a data folder of its own, one for each worker of the test run.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, type Page } from "@playwright/test";

export const binary = process.env.LABELWRIGHT_BIN ?? "../target/debug/labelwright";
export type Role = "owner" | "manager" | "reviewer" | "labeler";

export class Server {
  readonly data = mkdtempSync(join(tmpdir(), "labelwright-e2e-"));
  address = "";
  /** Path that signs the owner in once. */
  link = "";
  private child: ChildProcess | undefined;

  /** `demo` makes the demo workspace with a few items a project, `serve` an empty one. */
  async start(command: "demo" | "serve" = "demo", options: string[] = []): Promise<void> {
    const listen = this.address === "" ? "127.0.0.1:0" : new URL(this.address).host;
    const more = command === "demo" ? ["--items", "24", ...options] : options;
    const child = spawn(binary, [command, "--data", this.data, "--listen", listen, ...more], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.child = child;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
      child.stdout?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        const listens = /listens on (\S+)/.exec(said);
        if (!listens?.[1]) return;
        this.address = listens[1];
        const link = /\/welcome#\S+/.exec(said);
        if (link) this.link = link[0];
        // The link comes right behind; a start without one says nothing more.
        setTimeout(resolve, link ? 0 : 300);
      });
    });
  }

  /** Ends the server as a power cut would. */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }

  private run(...words: string[]): string {
    return execFileSync(binary, ["user", "--data", this.data, ...words], { encoding: "utf8" });
  }

  /** What the check of all promises says about what is stored. */
  doctor(): string {
    return execFileSync(binary, ["doctor", "--data", this.data], { encoding: "utf8" });
  }

  /** A new member of the workspace; the path signs them in once. */
  addUser(email: string, name: string, role: Role): string {
    return this.run("add", email, name, "--role", role).trim();
  }

  /** A path that signs an existing person in once. */
  linkOf(email: string): string {
    return this.run("link", email).trim();
  }
}

/** Opens a sign-in path and waits until the app is in. */
export async function signIn(page: Page, server: Server, path: string): Promise<void> {
  await page.goto(server.address + path);
  await page.waitForURL((url) => !url.pathname.startsWith("/welcome"));
}

/** `server` is shared by the tests of a worker: a test makes the people and projects that it changes. */
export const test = base.extend<object, { server: Server }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const server = new Server();
      await server.start("demo");
      await use(server);
      await server.remove();
    },
    { scope: "worker" },
  ],
});

export { expect } from "@playwright/test";
