// A file on the server of which only what is looked at is read, in pieces. No DOM.
import { Listeners } from "./listeners";

/** Gets the bytes from `start` to `end`, the end not included. */
export type FetchRange = (start: number, end: number) => Promise<ArrayBuffer>;

/** What is asked for at the beginning: head and overview, in bytes. */
export const FIRST_BYTES = 256 * 1024;
/** Bytes of a piece. */
const PIECE_BYTES = 64 * 1024;
/** Pieces that are kept. */
const PIECES_MAXIMUM = 512;

/** Tells its listeners when more has come. */
export class Pieces extends Listeners {
  private readonly first: ArrayBuffer;
  private readonly fetchRange: FetchRange;
  private readonly pieces = new Map<number, Uint8Array>();
  private readonly asked = new Map<number, Promise<void>>();

  constructor(first: ArrayBuffer, fetchRange: FetchRange) {
    super();
    [this.first, this.fetchRange] = [first, fetchRange];
  }

  /** These bytes, in a buffer of their own; undefined while they are not there, and then they are asked for. */
  read(start: number, end: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = new Uint8Array(Math.max(0, end - start));
    if (end <= this.first.byteLength) {
      bytes.set(new Uint8Array(this.first, start, bytes.length));
      return bytes;
    }
    let whole = true;
    for (let piece = Math.floor(start / PIECE_BYTES); piece * PIECE_BYTES < end; piece += 1) {
      const found = this.piece(piece);
      if (!found) {
        whole = false;
        continue;
      }
      const at = piece * PIECE_BYTES;
      const [from, to] = [Math.max(start, at), Math.min(end, at + found.length)];
      if (from < to) bytes.set(found.subarray(from - at, to - at), from - start);
    }
    return whole ? bytes : undefined;
  }

  private piece(at: number): Uint8Array | undefined {
    const known = this.pieces.get(at);
    if (known) {
      // The last that was looked at goes last.
      this.pieces.delete(at);
      this.pieces.set(at, known);
      return known;
    }
    const [start, end] = [at * PIECE_BYTES, (at + 1) * PIECE_BYTES];
    if (end <= this.first.byteLength) return new Uint8Array(this.first, start, PIECE_BYTES);
    if (!this.asked.has(at)) this.asked.set(at, this.ask(at, start, end));
    return undefined;
  }

  private async ask(at: number, start: number, end: number): Promise<void> {
    try {
      this.pieces.set(at, new Uint8Array(await this.fetchRange(start, end)));
      for (const oldest of this.pieces.keys()) {
        if (this.pieces.size <= PIECES_MAXIMUM) break;
        this.pieces.delete(oldest);
      }
      this.changed();
    } catch {
      // It is asked for again when it is looked at again.
    } finally {
      this.asked.delete(at);
    }
  }

  /** Waits for these bytes. */
  async load(start: number, end: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const found = this.read(start, end);
      if (found) return found;
      await Promise.all(this.asked.values());
    }
    return this.read(start, end);
  }
}

const PREFIX_BYTES = 12;

/** The head of a file of levels, and where what it speaks of begins: a word of 8 bytes, a length, the head as JSON. */
export function headOf<Head>(first: ArrayBuffer, word: string): { head: Head; base: number } {
  const view = new DataView(first);
  const found = first.byteLength < PREFIX_BYTES ? "" : new TextDecoder().decode(first.slice(0, 8));
  if (found !== word) throw new Error(`these are no levels: ${word} is not their first word`);
  const base = PREFIX_BYTES + view.getUint32(8, true);
  const head: Head = JSON.parse(new TextDecoder().decode(first.slice(PREFIX_BYTES, base)));
  return { head, base };
}
