// From what people choose or drop to files under their names.
import type { Picked } from "./send";

export interface PickedFile extends Picked {
  file: File;
}

/** System files that nobody means to upload. */
function meant(name: string): boolean {
  return !name.split("/").some((part) => part.startsWith(".") || part === "Thumbs.db" || part === "__MACOSX");
}

export function ofInput(files: FileList | File[]): PickedFile[] {
  return [...files]
    .map((file) => ({ file, name: file.webkitRelativePath || file.name }))
    .filter(({ name }) => meant(name));
}

/** Dropped files and folders, folders with all that is below them. */
export async function ofDrop(data: DataTransfer): Promise<PickedFile[]> {
  // The list of entries is gone after the first await.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return ofInput(data.files);
  const found: PickedFile[] = [];
  for (const entry of entries) await walk(entry, found);
  return found.filter(({ name }) => meant(name));
}

async function walk(entry: FileSystemEntry, found: PickedFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ file, name: entry.fullPath.replace(/^\/+/, "") });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A folder tells its entries in pieces of a hundred, and ends with an empty one.
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (piece.length === 0) return;
    for (const inner of piece) await walk(inner, found);
  }
}

/** The same name chosen again replaces what was chosen before. */
export function joined(before: PickedFile[], more: PickedFile[]): PickedFile[] {
  const byName = new Map([...before, ...more].map((picked) => [picked.name, picked]));
  return [...byName.values()];
}

/** What one import reads: an archive by itself, everything else together. */
export function importGroups<T extends { name: string }>(files: T[]): T[][] {
  const zips = files.filter((file) => file.name.toLowerCase().endsWith(".zip"));
  const rest = files.filter((file) => !zips.includes(file));
  return [...zips.map((zip) => [zip]), ...(rest.length > 0 ? [rest] : [])];
}

/** `,` or a tab when all files are tables of that kind. */
export function delimiterOf(files: { name: string }[]): string | undefined {
  const all = (ending: string) =>
    files.length > 0 && files.every((file) => file.name.toLowerCase().endsWith(ending));
  return all(".csv") ? "," : all(".tsv") ? "\t" : undefined;
}

/** The column names in the first line of a table (RFC 4180: quoted names may hold the delimiter, quotes are doubled). */
export function columnsOf(text: string, delimiter: string): string[] {
  const columns: string[] = [];
  let cell = "";
  let quoted = false;
  const line = text.replace(/^\uFEFF/, "");
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index];
    if (quoted) {
      if (char !== '"') cell += char;
      else if (line[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else quoted = false;
    } else if (char === '"' && cell === "") quoted = true;
    else if (char === delimiter) {
      columns.push(cell);
      cell = "";
    } else if (char === "\n" || char === "\r") break;
    else cell += char;
  }
  if (cell !== "" || columns.length > 0) columns.push(cell);
  return columns;
}
