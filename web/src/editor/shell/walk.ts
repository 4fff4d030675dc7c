// Attributes by keyboard: from region to region, with the focus on the first attribute of each. While one walks, digits
// pick the options of the attribute with the focus; otherwise they are the classes' keys.
import type { KeyboardEvent } from "react";
import { flushSync } from "react-dom";
import type { EditorSession } from "../session";
import { focusField } from "./FieldForm";

/** To the next region that is shown; round again behind the last one. */
export function walk(session: EditorSession, direction: 1 | -1): boolean {
  const { hidden, selection } = session.ui.state;
  const regions = session.doc.regions.filter((region) => !hidden.has(region.id));
  if (regions.length === 0) return false;
  const at = regions.findIndex((region) => region.id === selection[0]);
  const start = at < 0 ? (direction === 1 ? -1 : regions.length) : at;
  const index = (start + direction + regions.length) % regions.length;
  const region = regions[index];
  if (!region) return false;
  // Drawn at once: the next key may come before the next frame, and is meant for the field that gets the focus.
  flushSync(() => session.ui.set({ selection: [region.id], walking: true }));
  session.engine?.focus([region.id]);
  session.announcePlace(region.id, index, regions.length);
  const [first] = session.classOf(region.class)?.attributes ?? [];
  if (!first || !focusField("attribute", first.id)) {
    session.canvas?.focus();
  }
  return true;
}

/** The n-th option of the attribute with the focus. */
export function pickByDigit(event: KeyboardEvent): void {
  const digit = Number(event.key);
  if (event.ctrlKey || event.altKey || event.metaKey || !Number.isInteger(digit) || digit < 1) return;
  const target = event.target as HTMLElement;
  if (!target.matches("input[type=radio], input[type=checkbox]")) return;
  const options = target.closest("[data-scope=attribute]")?.querySelectorAll<HTMLInputElement>("input");
  const option = options?.[digit - 1];
  if (!option) return;
  event.preventDefault();
  event.stopPropagation();
  option.click();
  option.focus();
}
