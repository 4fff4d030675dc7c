// The addresses of the app. Every page is a chunk of its own that loads when it is opened (or pointed at).
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ApiError } from "../api/client";
import { client } from "./client";
import { Frame } from "./Frame";
import { Layout } from "./Layout";
import { MAP_PARTS, type MapSearch } from "./mapSearch";
import { Failed, Missing } from "./problems";
import { QUALITY_PARTS, type QualitySearch } from "./qualitySearch";
import { enterSession, meQuery } from "./session";

/** A page's chunk. Where the server is away this is said in place: loading all anew, as the router does for chunks of an
 * older build, would take what is on the screen away as well. */
async function reachable<T>(chunk: Promise<T>): Promise<T> {
  try {
    return await chunk;
  } catch (error) {
    const up = await fetch("/", { method: "HEAD", cache: "no-store" }).then(
      () => true,
      () => false,
    );
    if (up) throw error;
    throw new Error("The server cannot be reached.");
  }
}

const root = createRootRoute({ component: Outlet, errorComponent: Failed, notFoundComponent: Missing });

/** Pages behind it have a signed-in person. */
async function signedInOnly({ location }: { location: { href: string } }): Promise<void> {
  try {
    await client.ensureQueryData(meQuery);
    enterSession();
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem.status !== 401) throw error;
    throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } });
  }
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);
const number = (value: unknown): number => {
  const read = Number(value);
  if (!Number.isSafeInteger(read)) throw new Error("this address holds no valid number");
  return read;
};

const share = (value: unknown): number | undefined =>
  typeof value === "number" && value >= 0 && value <= 1 ? value : undefined;

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { next?: string } => ({ next: text(search.next) }),
  component: lazyRouteComponent(() => reachable(import("../pages/entry/SignInPage"))),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  component: lazyRouteComponent(() => reachable(import("../pages/entry/WelcomePage"))),
});
const join = createRoute({
  getParentRoute: () => root,
  path: "/join",
  component: lazyRouteComponent(() => reachable(import("../pages/entry/JoinPage"))),
});

const give = createRoute({
  getParentRoute: () => root,
  path: "/give/$token",
  component: lazyRouteComponent(() => reachable(import("../pages/give/GivePage"))),
});

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: signedInOnly,
  component: Layout,
});
const home = createRoute({
  getParentRoute: () => app,
  path: "/",
  component: lazyRouteComponent(() => reachable(import("../pages/home/HomePage"))),
});
const newProject = createRoute({
  getParentRoute: () => app,
  path: "/new",
  component: lazyRouteComponent(() => reachable(import("../pages/new/NewProjectPage"))),
});
const data = createRoute({
  getParentRoute: () => app,
  path: "/data",
  component: lazyRouteComponent(() => reachable(import("../pages/data/DatasetsPage"))),
});
const dataset = createRoute({
  getParentRoute: () => app,
  path: "/data/$datasetId",
  params: { parse: ({ datasetId }) => ({ datasetId: number(datasetId) }) },
  component: lazyRouteComponent(() => reachable(import("../pages/data/DatasetPage"))),
});
const schemas = createRoute({
  getParentRoute: () => app,
  path: "/schemas",
  component: lazyRouteComponent(() => reachable(import("../pages/schemas/SchemasPage"))),
});
const schema = createRoute({
  getParentRoute: () => app,
  path: "/schemas/$schemaId",
  params: { parse: ({ schemaId }) => ({ schemaId: number(schemaId) }) },
  validateSearch: (search): { version?: number } =>
    search.version === undefined ? {} : { version: number(search.version) },
  component: lazyRouteComponent(() => reachable(import("../pages/schemas/SchemaPage"))),
});
const members = createRoute({
  getParentRoute: () => app,
  path: "/members",
  component: lazyRouteComponent(() => reachable(import("../pages/members/MembersPage"))),
});
const jobs = createRoute({
  getParentRoute: () => app,
  path: "/jobs",
  component: lazyRouteComponent(() => reachable(import("../pages/jobs/JobsPage"))),
});
const webhooks = createRoute({
  getParentRoute: () => app,
  path: "/webhooks",
  component: lazyRouteComponent(() => reachable(import("../pages/webhooks/WebhooksPage"))),
});
const audit = createRoute({
  getParentRoute: () => app,
  path: "/audit",
  component: lazyRouteComponent(() => reachable(import("../pages/audit/AuditPage"))),
});
const account = createRoute({
  getParentRoute: () => app,
  path: "/account",
  component: lazyRouteComponent(() => reachable(import("../pages/account/AccountPage"))),
});

const project = createRoute({
  getParentRoute: () => app,
  path: "/projects/$projectId",
  params: { parse: ({ projectId }) => ({ projectId: number(projectId) }) },
  component: lazyRouteComponent(() => reachable(import("../pages/project/ProjectLayout"))),
});
const overview = createRoute({
  getParentRoute: () => project,
  path: "/",
  validateSearch: (search): { jobs?: number[] } =>
    Array.isArray(search.jobs) ? { jobs: search.jobs.map(number) } : {},
  component: lazyRouteComponent(() => reachable(import("../pages/project/OverviewPage"))),
});
const tasks = createRoute({
  getParentRoute: () => project,
  path: "/tasks",
  validateSearch: (search): { state?: string; filter?: string; sort?: string; view?: "grid" } => ({
    view: search.view === "grid" ? "grid" : undefined,
    state: text(search.state),
    filter: text(search.filter),
    sort: text(search.sort),
  }),
  component: lazyRouteComponent(() => reachable(import("../pages/project/TasksPage"))),
});
const quality = createRoute({
  getParentRoute: () => project,
  path: "/quality",
  validateSearch: (search): QualitySearch => ({
    part: QUALITY_PARTS.find((part) => part === search.part),
    least: share(search.least),
    split: text(search.split),
  }),
  // A part is always named, so that its link can be told from the others.
  beforeLoad: ({ search, params }) => {
    if (search.part === undefined)
      throw redirect({
        to: "/projects/$projectId/quality",
        params,
        search: { ...search, part: QUALITY_PARTS[0] },
        replace: true,
      });
  },
  component: lazyRouteComponent(() => reachable(import("../pages/project/QualityPage"))),
});
const automation = createRoute({
  getParentRoute: () => project,
  path: "/automation",
  component: lazyRouteComponent(() => reachable(import("../pages/project/AutomationPage"))),
});
const functions = createRoute({
  getParentRoute: () => project,
  path: "/functions",
  validateSearch: (search): { field?: string } => ({ field: text(search.field) }),
  component: lazyRouteComponent(() => reachable(import("../pages/project/functions/FunctionsPage"))),
});
const map = createRoute({
  getParentRoute: () => project,
  path: "/map",
  validateSearch: (search): MapSearch => ({
    part: MAP_PARTS.find((part) => part === search.part),
    task: search.task === undefined ? undefined : number(search.task),
  }),
  // A part is always named, so that its link can be told from the others.
  beforeLoad: ({ search, params }) => {
    if (search.part === undefined)
      throw redirect({
        to: "/projects/$projectId/map",
        params,
        search: { ...search, part: MAP_PARTS[0] },
        replace: true,
      });
  },
  component: lazyRouteComponent(() => reachable(import("../pages/project/map/MapPage"))),
});
const guidelines = createRoute({
  getParentRoute: () => project,
  path: "/guidelines",
  component: lazyRouteComponent(() => reachable(import("../pages/project/GuidelinesPage"))),
});
const projectData = createRoute({
  getParentRoute: () => project,
  path: "/data",
  component: lazyRouteComponent(() => reachable(import("../pages/project/ProjectDataPage"))),
});
const projectSources = createRoute({
  getParentRoute: () => project,
  path: "/sources",
  component: lazyRouteComponent(() => reachable(import("../pages/project/sources/SourcesPage"))),
});
const newCall = createRoute({
  getParentRoute: () => project,
  path: "/calls/new",
  component: lazyRouteComponent(() => reachable(import("../pages/project/calls/NewCallPage"))),
});
const call = createRoute({
  getParentRoute: () => project,
  path: "/calls/$callId",
  params: { parse: ({ callId }) => ({ callId: number(callId) }) },
  component: lazyRouteComponent(() => reachable(import("../pages/project/calls/CallPage"))),
});
const projectMembers = createRoute({
  getParentRoute: () => project,
  path: "/members",
  component: lazyRouteComponent(() => reachable(import("../pages/project/ProjectMembersPage"))),
});
const exports = createRoute({
  getParentRoute: () => project,
  path: "/exports",
  component: lazyRouteComponent(() => reachable(import("../pages/project/ExportsPage"))),
});
const settings = createRoute({
  getParentRoute: () => project,
  path: "/settings",
  component: lazyRouteComponent(() => reachable(import("../pages/project/SettingsPage"))),
});

const frame = createRoute({
  getParentRoute: () => root,
  id: "frame",
  beforeLoad: signedInOnly,
  component: Frame,
});
const labelNext = createRoute({
  getParentRoute: () => frame,
  path: "/projects/$projectId/label",
  params: { parse: ({ projectId }) => ({ projectId: number(projectId) }) },
  component: lazyRouteComponent(() => reachable(import("../pages/work/Label"))),
});
const labelTask = createRoute({
  getParentRoute: () => frame,
  path: "/projects/$projectId/label/$taskId",
  params: { parse: ({ projectId, taskId }) => ({ projectId: number(projectId), taskId: number(taskId) }) },
  component: lazyRouteComponent(() => reachable(import("../pages/work/Label"))),
});
const reviewNext = createRoute({
  getParentRoute: () => frame,
  path: "/projects/$projectId/review",
  params: { parse: ({ projectId }) => ({ projectId: number(projectId) }) },
  component: lazyRouteComponent(() => reachable(import("../pages/work/Review"))),
});
const reviewTask = createRoute({
  getParentRoute: () => frame,
  path: "/projects/$projectId/review/$taskId",
  params: { parse: ({ projectId, taskId }) => ({ projectId: number(projectId), taskId: number(taskId) }) },
  component: lazyRouteComponent(() => reachable(import("../pages/work/Review"))),
});

const tree = root.addChildren([
  signIn,
  welcome,
  join,
  give,
  frame.addChildren([labelNext, labelTask, reviewNext, reviewTask]),
  app.addChildren([
    home,
    newProject,
    data,
    dataset,
    schemas,
    schema,
    members,
    jobs,
    webhooks,
    audit,
    account,
    project.addChildren([
      overview,
      tasks,
      quality,
      automation,
      functions,
      map,
      guidelines,
      projectData,
      projectSources,
      newCall,
      call,
      projectMembers,
      exports,
      settings,
    ]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultErrorComponent: Failed,
  defaultNotFoundComponent: Missing,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
