// The pages of the app and of a project, and who sees them.
import type { ReactNode } from "react";
import { icons } from "../ui/icons";
import type { Role } from "./session";

export const PLACES = [
  { to: "/", label: "Home", icon: icons.home, least: "labeler" },
  { to: "/data", label: "Data", icon: icons.data, least: "manager" },
  { to: "/schemas", label: "Schemas", icon: icons.schemas, least: "reviewer" },
  { to: "/members", label: "Members", icon: icons.members, least: "reviewer" },
  { to: "/jobs", label: "Jobs", icon: icons.jobs, least: "manager" },
  { to: "/webhooks", label: "Webhooks", icon: icons.webhooks, least: "owner" },
  { to: "/audit", label: "Audit log", icon: icons.audit, least: "owner" },
] as const satisfies readonly { to: string; label: string; icon: ReactNode; least: Role }[];

export const TABS = [
  { to: "/projects/$projectId", label: "Overview", least: "reviewer" },
  { to: "/projects/$projectId/tasks", label: "Tasks", least: "reviewer" },
  { to: "/projects/$projectId/quality", label: "Quality", least: "reviewer" },
  { to: "/projects/$projectId/automation", label: "Automation", least: "reviewer" },
  { to: "/projects/$projectId/map", label: "Map", least: "reviewer" },
  { to: "/projects/$projectId/functions", label: "Functions", least: "reviewer" },
  { to: "/projects/$projectId/guidelines", label: "Guidelines", least: "labeler" },
  { to: "/projects/$projectId/data", label: "Data", least: "manager" },
  { to: "/projects/$projectId/sources", label: "Sources", least: "manager" },
  { to: "/projects/$projectId/members", label: "Members", least: "reviewer" },
  { to: "/projects/$projectId/exports", label: "Exports", least: "manager" },
  { to: "/projects/$projectId/settings", label: "Settings", least: "manager" },
] as const satisfies readonly { to: string; label: string; least: Role }[];
