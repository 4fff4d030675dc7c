import { expect, test } from "vitest";
import { ApiError } from "../src/api/client";
import { fileKey, memoryOf } from "../src/app/upload/memory";
import {
  backoff,
  type Memory,
  PATIENCE,
  type Picked,
  sendFile,
  type Transport,
  type UploadState,
} from "../src/app/upload/send";

function failure(status: number, code = "x"): ApiError {
  return new ApiError({ status, code, detail: code });
}

/** A server in memory that keeps the protocol, with a list of things that go wrong, one a request to send. */
class FakeServer implements Transport {
  uploads = new Map<number, { name: string; bytes: number; stored: string }>();
  started = 0;
  sent = 0;
  trouble: (undefined | "lost before" | "lost after" | ApiError)[] = [];
  readonly chunk = 4;

  private state(id: number): UploadState {
    const upload = this.uploads.get(id);
    if (!upload) throw failure(404, "not_found");
    return { id, bytes: upload.bytes, received: upload.stored.length, chunk_bytes: this.chunk };
  }

  async start(name: string, bytes: number): Promise<UploadState> {
    this.started += 1;
    this.uploads.set(this.started, { name, bytes, stored: "" });
    return this.state(this.started);
  }

  async look(id: number): Promise<UploadState | undefined> {
    return this.uploads.has(id) ? this.state(id) : undefined;
  }

  async send(id: number, offset: number, chunk: Blob): Promise<UploadState> {
    this.sent += 1;
    const trouble = this.trouble.shift();
    if (trouble instanceof ApiError) throw trouble;
    if (trouble === "lost before") throw failure(0, "away");
    const upload = this.uploads.get(id);
    if (!upload) throw failure(404, "not_found");
    if (offset !== upload.stored.length) throw failure(409, "wrong_offset");
    upload.stored += await chunk.text();
    if (trouble === "lost after") throw failure(0, "away");
    return this.state(id);
  }
}

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

function picked(text: string, name = "folder/a.txt"): Picked {
  return { name, file: Object.assign(new Blob([text]), { lastModified: 7 }) };
}

function run(server: Transport, file: Picked, memory: Memory = memoryOf(1, storage()), signal?: AbortSignal) {
  const seen: number[] = [];
  const sending = {
    signal: signal ?? new AbortController().signal,
    onProgress: (received: number) => seen.push(received),
    wait: async () => {},
  };
  return { seen, done: sendFile(file, server, memory, sending) };
}

test("a file arrives in chunks and tells its progress", async () => {
  const server = new FakeServer();
  const { seen, done } = run(server, picked("0123456789"));
  const id = await done;
  expect(server.uploads.get(id)).toEqual({ name: "folder/a.txt", bytes: 10, stored: "0123456789" });
  expect(seen).toEqual([0, 4, 8, 10]);
});

test("an empty file needs no chunk", async () => {
  const server = new FakeServer();
  await run(server, picked("")).done;
  expect(server.sent).toBe(0);
});

test("a lost request is sent again, a lost answer is not sent twice", async () => {
  const server = new FakeServer();
  server.trouble = ["lost before", undefined, "lost after"];
  const id = await run(server, picked("0123456789")).done;
  expect(server.uploads.get(id)?.stored).toBe("0123456789");
  expect(server.sent).toBe(4);
});

test("after a wrong offset the server says where to go on", async () => {
  const server = new FakeServer();
  server.trouble = [failure(409, "wrong_offset")];
  const id = await run(server, picked("01234567")).done;
  expect(server.uploads.get(id)?.stored).toBe("01234567");
});

test("choosing the same file after a reload goes on where it was", async () => {
  const server = new FakeServer();
  const memory = memoryOf(1, storage());
  const control = new AbortController();
  server.trouble = [undefined, failure(0)];
  const first = {
    signal: control.signal,
    onProgress: () => {},
    wait: async () => control.abort(),
  };
  await expect(sendFile(picked("0123456789"), server, memory, first)).rejects.toThrow();
  const { seen, done } = run(server, picked("0123456789"), memory);
  const id = await done;
  expect(seen[0]).toBe(4);
  expect(server.started).toBe(1);
  expect(server.uploads.get(id)?.stored).toBe("0123456789");
});

test("another file of the same name, or an upload that is gone, begins anew", async () => {
  const server = new FakeServer();
  const memory = memoryOf(1, storage());
  await run(server, picked("0123"), memory).done;
  await run(server, picked("01234"), memory).done;
  expect(server.started).toBe(2);
  server.uploads.clear();
  await run(server, picked("0123"), memory).done;
  expect(server.started).toBe(3);
});

test("a refusal ends it at once, a server that stays away after some patience", async () => {
  const refusing = new FakeServer();
  refusing.trouble = [failure(403, "forbidden")];
  await expect(run(refusing, picked("0123")).done).rejects.toThrow("forbidden");
  expect(refusing.sent).toBe(1);
  const away = new FakeServer();
  away.trouble = Array.from({ length: 100 }, () => "lost before" as const);
  await expect(run(away, picked("0123")).done).rejects.toThrow("away");
  expect(away.sent).toBe(PATIENCE + 1);
});

test("trouble that passes does not use up the patience for later trouble", async () => {
  const server = new FakeServer();
  const text = "x".repeat(4 * 20);
  server.trouble = Array.from({ length: 20 }, () => ["lost before" as const, undefined]).flat();
  const id = await run(server, picked(text)).done;
  expect(server.uploads.get(id)?.stored).toBe(text);
});

test("cancelling stops it with the reason", async () => {
  const control = new AbortController();
  control.abort();
  await expect(run(new FakeServer(), picked("0123"), undefined, control.signal).done).rejects.toMatchObject({
    name: "AbortError",
  });
});

test("a file is known by workspace, name, size and time of change", () => {
  const file = picked("0123");
  expect(fileKey(1, file)).not.toBe(fileKey(2, file));
  expect(fileKey(1, file)).not.toBe(fileKey(1, picked("01234")));
  const memory = memoryOf(1, storage());
  memory.keep(file, 12);
  expect(memory.find(file)).toBe(12);
  memory.forget(file);
  expect(memory.find(file)).toBeUndefined();
});

test("waiting doubles up to a quarter of a minute", () => {
  expect([1, 2, 3].map(backoff)).toEqual([400, 800, 1600]);
  expect(backoff(20)).toBe(15_000);
});
