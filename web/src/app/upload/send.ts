// Sends one file in chunks and goes on where it was after whatever got in between: a lost connection, a reload, another
// sender. Knows neither fetch nor storage, so that every such story can be told in a test.
import { ApiError } from "../../api/client";

export interface UploadState {
  id: number;
  bytes: number;
  received: number;
  chunk_bytes: number;
}

export interface Transport {
  start(name: string, bytes: number): Promise<UploadState>;
  /** What has arrived; undefined when the server no longer knows the upload. */
  look(id: number): Promise<UploadState | undefined>;
  send(id: number, offset: number, chunk: Blob, signal: AbortSignal): Promise<UploadState>;
}

/** Unfinished uploads by the file that they are of. */
export interface Memory {
  find(file: Picked): number | undefined;
  keep(file: Picked, upload: number): void;
  forget(file: Picked): void;
}

/** A file under the name that it gets: with its folders, where it came with some. */
export interface Picked {
  name: string;
  file: Pick<File, "size" | "lastModified" | "slice">;
}

export interface Sending {
  signal: AbortSignal;
  onProgress(received: number): void;
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Failures in a row after which the person is told. */
export const PATIENCE = 8;

export function backoff(failures: number): number {
  return Math.min(15_000, 400 * 2 ** (failures - 1));
}

/** Can the same request succeed later? */
function passing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { status } = error.problem;
  return status === 0 || status === 429 || status === 503;
}

function isWrongOffset(error: unknown): boolean {
  return error instanceof ApiError && error.problem.status === 409;
}

/** The id of the upload, once all bytes have arrived. */
export async function sendFile(
  picked: Picked,
  transport: Transport,
  memory: Memory,
  sending: Sending,
): Promise<number> {
  const { signal } = sending;
  let failures = 0;
  const again = async (error: unknown) => {
    signal.throwIfAborted();
    failures += 1;
    if (failures > PATIENCE || !(passing(error) || isWrongOffset(error))) throw error;
    await sending.wait(backoff(failures), signal);
  };
  const persist = async <T>(act: () => Promise<T>): Promise<T> => {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await act();
      } catch (error) {
        await again(error);
      }
    }
  };

  const start = async () => {
    const made = await persist(() => transport.start(picked.name, picked.file.size));
    memory.keep(picked, made.id);
    return made;
  };
  const known = memory.find(picked);
  const found = known === undefined ? undefined : await persist(() => transport.look(known));
  let state = found && found.bytes === picked.file.size ? found : await start();
  sending.onProgress(state.received);
  while (state.received < state.bytes) {
    signal.throwIfAborted();
    const { id, received, chunk_bytes } = state;
    try {
      const chunk = picked.file.slice(received, Math.min(received + chunk_bytes, state.bytes));
      state = await transport.send(id, received, chunk, signal);
      failures = 0;
    } catch (error) {
      await again(error);
      // Nobody here knows how much of it arrived: the server does.
      state = (await persist(() => transport.look(id))) ?? (await start());
    }
    sending.onProgress(state.received);
  }
  return state.id;
}
