// Gets what is labeled and decodes it before it is needed.
import { ApiError, type Schemas } from "../api/client";
import type { Media } from "./plugin";

interface Source {
  item: Schemas["ItemView"];
  text?: string | null;
}

export async function loadMedia({ item, text }: Source): Promise<Media> {
  if (item.modality === "text") return { kind: "text", text: text ?? "" };
  let response: Response;
  try {
    response = await fetch(item.media_url);
  } catch {
    throw new ApiError({ status: 0, code: "away", detail: "the image could not be loaded: no connection" });
  }
  if (!response.ok) {
    throw new ApiError({ status: response.status, code: "media", detail: "the image could not be loaded" });
  }
  const blob = await response.blob();
  // Upright, as the server measured it.
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
  return { kind: "image", bitmap, width: bitmap.width, height: bitmap.height };
}
