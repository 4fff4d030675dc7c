// Regions that belong together carry the same number in an attribute named `group_id` or `group`, as CVAT, LabelMe and
// Datumaro write it. A schema without such an attribute has no groups.
import type { KeyEntry } from "../../core/hotkeys";
import type { LabelClass, LabelSchema, Region } from "../../core/types";
import type { Stage } from "./stage";
import { keyOf } from "./tools/tool";

export const GROUP_COMMANDS: readonly KeyEntry[] = [
  keyOf("group", ["Shift+g"], "Group the selected regions, or ungroup them"),
  keyOf("select-group", ["Ctrl+g"], "Select all regions of the group"),
];

const NAMES = ["group_id", "group"];

function attributeOf(found: LabelClass | undefined): string | undefined {
  return found?.attributes?.find((one) => NAMES.includes(one.id) && one.kind.type === "number")?.id;
}

export const hasGroups = (schema: LabelSchema): boolean =>
  (schema.classes ?? []).some((one) => attributeOf(one) !== undefined);

function groupOf(stage: Stage, region: Region): number | undefined {
  const value = region.attributes[attributeOf(stage.session.classOf(region.class)) ?? ""];
  return typeof value === "number" ? value : undefined;
}

export function runGroup(stage: Stage, command: string): boolean {
  if (command === "select-group") return selectGroup(stage);
  return command === "group" && !stage.readOnly && group(stage);
}

function group(stage: Stage): boolean {
  const { session } = stage;
  const regions = stage.own();
  if (regions.length === 0) {
    session.announce("Select the regions that belong together first");
    return true;
  }
  if (regions.some((one) => attributeOf(session.classOf(one.class)) === undefined)) {
    session.announce("A selected class has no number attribute group_id");
    return true;
  }
  const groups = new Set(regions.map((one) => groupOf(stage, one)));
  const [only] = groups;
  const together = groups.size === 1 && only !== undefined;
  if (!together && regions.length < 2) {
    session.announce("A group needs two regions or more");
    return true;
  }
  const highest = Math.max(0, ...session.doc.regions.map((one) => groupOf(stage, one) ?? 0));
  session.doc.changeRegions(
    together ? "ungroup" : "group",
    regions.map((one) => one.id),
    (region) => {
      const name = attributeOf(session.classOf(region.class)) ?? "";
      const { [name]: _, ...others } = region.attributes;
      return { attributes: together ? others : { ...others, [name]: Math.floor(highest) + 1 } };
    },
  );
  session.announce(together ? "Ungrouped" : `${regions.length} regions are group ${Math.floor(highest) + 1}`);
  return true;
}

function selectGroup(stage: Stage): boolean {
  const { session } = stage;
  const groups = new Set(
    stage
      .selected()
      .map((one) => groupOf(stage, one))
      .filter((one) => one !== undefined),
  );
  const members = session.doc.regions.filter((one) => groups.has(groupOf(stage, one) ?? Number.NaN));
  if (members.length === 0) session.announce("The selected region is in no group");
  else session.ui.select(...members.map((one) => one.id));
  return true;
}
