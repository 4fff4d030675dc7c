// Gets what is labeled and decodes it before it is needed.
import { ApiError, type Schemas } from "../api/client";
import { Levels } from "../core/audio/levels";
import { readConversation } from "../core/dialogue/conversation";
import { headBytes, Layer } from "../core/document/layer";
import { ScalarText } from "../core/offsets";
import { FIRST_BYTES } from "../core/pieces";
import { Series } from "../core/series/levels";
import { readTable } from "../core/table/table";
import { tokensOf } from "../core/tokens";
import { FrameTable } from "../core/video/table";
import { Volume } from "../core/volume/volume";
import type { Media } from "./plugin";

interface Source {
  item: Schemas["ItemView"];
  text?: string | null;
}

async function got(url: string, what: string, headers: Record<string, string> = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { headers });
  } catch {
    throw new ApiError({ status: 0, code: "away", detail: `${what} could not be loaded: no connection` });
  }
  if (!response.ok) {
    throw new ApiError({ status: response.status, code: "media", detail: `${what} could not be loaded` });
  }
  return response;
}

export async function loadMedia({ item, text }: Source): Promise<Media> {
  if (item.modality === "text") {
    const tokens = tokensOf(item.metadata, new ScalarText(text ?? ""));
    return { kind: "text", text: text ?? "", ...(tokens ? { tokens } : {}) };
  }
  if (item.modality === "dialogue") return { kind: "dialogue", conversation: readConversation(text ?? "{}") };
  if (item.modality === "table") return { kind: "table", table: readTable(text ?? "{}") };
  if (item.modality === "audio") {
    const { first, range } = await loadLevels(item, "the picture of the sound");
    return { kind: "audio", url: item.media_url, levels: new Levels(first, range) };
  }
  if (item.modality === "time_series") {
    const { first, range } = await loadLevels(item, "the series");
    return { kind: "time_series", series: new Series(first, range) };
  }
  if (item.modality === "video") {
    const table = await got(item.media_url.replace(/media$/, "levels"), "the table of frames");
    return { kind: "video", url: item.media_url, table: new FrameTable(await table.arrayBuffer()) };
  }
  if (item.modality === "document")
    return { kind: "document", url: item.media_url, layer: await loadLayer(item) };
  if (item.modality === "volume") {
    const { first, range } = await loadLevels(item, "the scan");
    const volume = await Volume.open(first, range);
    const [width, height] = volume.head.grid.size;
    return { kind: "volume", volume, width, height };
  }
  const blob = await (await got(item.media_url, "the image")).blob();
  // Upright, as the server measured it.
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
  return { kind: "image", bitmap, width: bitmap.width, height: bitmap.height };
}

/** The head of all pages and the text; words come as pages are looked at. */
async function loadLayer(item: Schemas["ItemView"]): Promise<Layer> {
  const { first, range } = await loadLevels(item, "the text of the document");
  const needed = headBytes(first);
  const layer = new Layer(needed > first.byteLength ? await range(0, needed) : first, range);
  await layer.loadText();
  return layer;
}

/** The overview; the rest comes as it is looked at. */
async function loadLevels(item: Schemas["ItemView"], what: string) {
  const url = item.media_url.replace(/media$/, "levels");
  const range = async (start: number, end: number) => {
    const response = await got(url, what, { Range: `bytes=${start}-${end - 1}` });
    return response.arrayBuffer();
  };
  return { first: await range(0, FIRST_BYTES), range };
}
