import type { Schemas } from "../../api/client";

/** Option id to title, for fields that have options; nested ones by their own id. */
export function optionTitles(field: Schemas["Field"] | undefined): Map<string, string> {
  const titles = new Map<string, string>();
  const add = (options: Schemas["Choice"][]) => {
    for (const option of options) {
      titles.set(option.id, option.title);
      add(option.children ?? []);
    }
  };
  if (field && "options" in field.kind) add(field.kind.options);
  return titles;
}
