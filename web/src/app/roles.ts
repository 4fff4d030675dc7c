// What the pages show to whom. The server decides; this only keeps away buttons that it would refuse.
import type { Role } from "./session";

export const ROLES: readonly Role[] = ["labeler", "reviewer", "manager", "owner"];

export const ROLE_HELP: Record<Role, string> = {
  labeler: "takes tasks and answers them",
  reviewer: "also sees other people's answers and judges them",
  manager: "also makes projects, brings in data, exports and invites",
  owner: "also reads the audit log and makes other owners",
};

export function atLeast(role: Role | null | undefined, least: Role): boolean {
  return role != null && ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** The roles that somebody may give: only owners make owners. */
export function givableRoles(actor: Role | null | undefined): Role[] {
  if (!atLeast(actor, "manager")) return [];
  return ROLES.filter((role) => role !== "owner" || actor === "owner");
}
