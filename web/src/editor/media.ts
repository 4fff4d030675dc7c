// Gets what is labeled and decodes it before it is needed.
import { ApiError, type Schemas } from "../api/client";
import { FIRST_BYTES, Levels } from "../core/audio/levels";
import { readConversation } from "../core/dialogue/conversation";
import { ScalarText } from "../core/offsets";
import { tokensOf } from "../core/tokens";
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
  if (item.modality === "audio") return loadSound(item);
  const blob = await (await got(item.media_url, "the image")).blob();
  // Upright, as the server measured it.
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
  return { kind: "image", bitmap, width: bitmap.width, height: bitmap.height };
}

/** The overview; the rest comes as it is looked at, and the sound itself as it is played. */
async function loadSound(item: Schemas["ItemView"]): Promise<Media> {
  const url = item.media_url.replace(/media$/, "levels");
  const range = async (start: number, end: number) => {
    const response = await got(url, "the picture of the sound", { Range: `bytes=${start}-${end - 1}` });
    return response.arrayBuffer();
  };
  return { kind: "audio", url: item.media_url, levels: new Levels(await range(0, FIRST_BYTES), range) };
}
