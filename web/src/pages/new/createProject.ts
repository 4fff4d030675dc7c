// The steps from a filled-in form to a project: dataset, upload, schema, project, import. What a try before has made is
// used again, so that pressing the button once more after an error goes on and makes nothing twice.
import { api, take } from "../../api/client";
import { createSchema } from "../../app/createSchema";
import type { ProjectSettings } from "../../app/settings";
import { type ImportOptions, queueImports } from "../../app/upload/importFiles";
import type { PickedFile } from "../../app/upload/pick";
import type { Uploader } from "../../app/upload/useUpload";
import { checkSchema } from "../../core/schema/check";
import { readSchema } from "../../core/schema/read";

export type DataChoice =
  | { type: "existing"; dataset: number | null }
  | { type: "files"; name: string; files: PickedFile[]; options: ImportOptions };

export type SchemaChoice = { type: "existing"; version: number | null } | { type: "text"; text: string };

export interface Draft {
  name: string;
  description: string;
  guidelines: string;
  data: DataChoice;
  schema: SchemaChoice;
  settings: ProjectSettings;
}

/** What earlier tries have made, and from what. */
export interface MadeBefore {
  dataset?: { name: string; id: number };
  schema?: { text: string; version: number };
}

export interface Created {
  project: number;
  jobs: number[];
}

function isWrong(text: string): boolean {
  const read = readSchema(text);
  return "problem" in read || checkSchema(read.schema).length > 0;
}

/** What keeps a draft from being created, in words; undefined when nothing does. */
export function missing(draft: Draft): string | undefined {
  if (draft.data.type === "existing" ? draft.data.dataset === null : draft.data.files.length === 0) {
    return draft.data.type === "existing" ? "choose a dataset in step 1" : "choose files in step 1";
  }
  if (draft.schema.type === "existing" ? draft.schema.version === null : draft.schema.text.trim() === "") {
    return draft.schema.type === "existing"
      ? "choose a schema in step 2"
      : "choose or make a schema in step 2";
  }
  if (draft.schema.type === "text" && isWrong(draft.schema.text)) return "mend the schema in step 2";
  return draft.name.trim() === "" ? "give the project a name in step 3" : undefined;
}

export async function createProject(
  workspace: number,
  draft: Draft,
  before: MadeBefore,
  uploader: Uploader,
): Promise<Created> {
  const path = { workspace };
  const { data, schema } = draft;
  let dataset: number | undefined;
  let uploads: number[] = [];
  if (data.type === "files") {
    const name = data.name.trim() || draft.name.trim();
    if (before.dataset?.name !== name) {
      const made = await take(
        api.POST("/api/v1/workspaces/{workspace}/datasets", { params: { path }, body: { name } }),
      );
      before.dataset = { name, id: made.id };
    }
    dataset = before.dataset.id;
    uploads = await uploader.run(data.files);
  }
  let version = schema.type === "existing" ? schema.version : undefined;
  if (schema.type === "text") {
    if (before.schema?.text !== schema.text) {
      const published = await createSchema(workspace, schema.text);
      before.schema = { text: schema.text, version: published.schema_version_id };
    }
    version = before.schema.version;
  }
  const project = await take(
    api.POST("/api/v1/workspaces/{workspace}/projects", {
      params: { path },
      body: {
        name: draft.name,
        description: draft.description,
        guidelines: draft.guidelines,
        settings: draft.settings,
        schema_version_id: version ?? 0,
        dataset_ids: data.type === "existing" && data.dataset !== null ? [data.dataset] : [],
      },
    }),
  );
  if (data.type === "existing" || dataset === undefined) return { project: project.id, jobs: [] };
  const jobs = await queueImports({ ...data, dataset, project: project.id, uploads });
  uploader.forget(data.files);
  return { project: project.id, jobs };
}
