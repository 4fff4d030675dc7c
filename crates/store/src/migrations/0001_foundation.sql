-- People
CREATE TABLE workspaces (id {ID}, name TEXT NOT NULL, created_at BIGINT NOT NULL) {STRICT};

CREATE TABLE users (
  id {ID}, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT,
  created_at BIGINT NOT NULL, disabled BIGINT NOT NULL
) {STRICT};

CREATE TABLE members (
  workspace_id BIGINT NOT NULL REFERENCES workspaces (id), user_id BIGINT NOT NULL REFERENCES users (id),
  role TEXT NOT NULL, PRIMARY KEY (workspace_id, user_id)
) {STRICT};
CREATE INDEX members_of_user ON members (user_id);

CREATE TABLE credentials (
  id {ID}, user_id BIGINT NOT NULL REFERENCES users (id), kind TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, scopes TEXT NOT NULL, created_at BIGINT NOT NULL, last_used_at BIGINT,
  expires_at BIGINT NOT NULL, revoked_at BIGINT
) {STRICT};
CREATE INDEX credentials_of_user ON credentials (user_id);

-- Data
CREATE TABLE blobs (hash TEXT NOT NULL PRIMARY KEY, bytes BIGINT NOT NULL, created_at BIGINT NOT NULL) {STRICT};

CREATE TABLE datasets (
  id {ID}, workspace_id BIGINT NOT NULL REFERENCES workspaces (id), name TEXT NOT NULL, created_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX datasets_of_workspace ON datasets (workspace_id);

CREATE TABLE imports (
  id {ID}, dataset_id BIGINT NOT NULL REFERENCES datasets (id), job_id BIGINT, state TEXT NOT NULL,
  created_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX imports_of_job ON imports (job_id);

CREATE TABLE items (
  id {ID}, dataset_id BIGINT NOT NULL, key TEXT NOT NULL, modality TEXT NOT NULL, hash TEXT NOT NULL,
  media_type TEXT NOT NULL, bytes BIGINT NOT NULL, content TEXT, shape TEXT NOT NULL, metadata TEXT NOT NULL,
  source TEXT NOT NULL, import_id BIGINT NOT NULL, created_at BIGINT NOT NULL, data {BYTES}, UNIQUE (dataset_id, key)
) {STRICT};
CREATE INDEX items_of_dataset ON items (dataset_id, id);
CREATE INDEX items_of_import ON items (import_id);

-- What was computed once from the bytes of items, by their hash: the levels of a recording. Each is a blob.
CREATE TABLE derived (
  hash TEXT NOT NULL, kind TEXT NOT NULL, blob TEXT NOT NULL, PRIMARY KEY (hash, kind)
) {STRICT};

CREATE TABLE item_answers (
  item_id BIGINT NOT NULL, ordinal BIGINT NOT NULL, source TEXT NOT NULL, answer TEXT NOT NULL,
  PRIMARY KEY (item_id, ordinal)
) {STRICT};

CREATE TABLE uploads (
  id {ID}, workspace_id BIGINT NOT NULL REFERENCES workspaces (id), user_id BIGINT NOT NULL, name TEXT NOT NULL,
  bytes BIGINT NOT NULL, received BIGINT NOT NULL, created_at BIGINT NOT NULL, state TEXT NOT NULL
) {STRICT};

-- Schemas and projects
CREATE TABLE schemas (
  id {ID}, workspace_id BIGINT NOT NULL REFERENCES workspaces (id), name TEXT NOT NULL
) {STRICT};
CREATE INDEX schemas_of_workspace ON schemas (workspace_id);

CREATE TABLE schema_versions (
  id {ID}, schema_id BIGINT NOT NULL REFERENCES schemas (id), version BIGINT NOT NULL, document TEXT NOT NULL,
  hash TEXT NOT NULL, state TEXT NOT NULL, created_at BIGINT NOT NULL, UNIQUE (schema_id, version)
) {STRICT};

CREATE TABLE projects (
  id {ID}, workspace_id BIGINT NOT NULL REFERENCES workspaces (id), name TEXT NOT NULL, description TEXT NOT NULL,
  schema_version_id BIGINT NOT NULL REFERENCES schema_versions (id), settings TEXT NOT NULL,
  guidelines_version BIGINT NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL, archived BIGINT NOT NULL
) {STRICT};
CREATE INDEX projects_of_workspace ON projects (workspace_id);

CREATE TABLE project_members (
  project_id BIGINT NOT NULL REFERENCES projects (id), user_id BIGINT NOT NULL REFERENCES users (id),
  role TEXT NOT NULL, PRIMARY KEY (project_id, user_id)
) {STRICT};
CREATE INDEX project_members_of_user ON project_members (user_id);

CREATE TABLE project_datasets (
  project_id BIGINT NOT NULL REFERENCES projects (id), dataset_id BIGINT NOT NULL REFERENCES datasets (id),
  PRIMARY KEY (project_id, dataset_id)
) {STRICT};
CREATE INDEX projects_of_dataset ON project_datasets (dataset_id);

CREATE TABLE guidelines (
  project_id BIGINT NOT NULL, version BIGINT NOT NULL, markdown TEXT NOT NULL, author_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL, PRIMARY KEY (project_id, version)
) {STRICT};

CREATE TABLE guideline_reads (
  project_id BIGINT NOT NULL, user_id BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (project_id, user_id)
) {STRICT};

CREATE TABLE invitations (
  id {ID}, workspace_id BIGINT NOT NULL REFERENCES workspaces (id), project_id BIGINT REFERENCES projects (id),
  email TEXT NOT NULL, role TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, created_by BIGINT NOT NULL,
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, accepted_at BIGINT
) {STRICT};

-- Work
CREATE TABLE tasks (
  id {ID}, project_id BIGINT NOT NULL, item_id BIGINT NOT NULL, ordinal BIGINT NOT NULL, priority BIGINT NOT NULL,
  state TEXT NOT NULL, agreement DOUBLE PRECISION, updated_at BIGINT NOT NULL, UNIQUE (item_id, project_id)
) {STRICT};
CREATE INDEX tasks_of_project ON tasks (project_id, id);
CREATE INDEX tasks_by_state ON tasks (project_id, state, id);
CREATE INDEX tasks_by_update ON tasks (project_id, updated_at, id);

-- One row a place: 0 open, 1 leased, 2 submitted. A claim changes a row, so nothing is ever counted.
CREATE TABLE seats (
  project_id BIGINT NOT NULL, task_id BIGINT NOT NULL, slot BIGINT NOT NULL, state BIGINT NOT NULL,
  labeler_id BIGINT, epoch BIGINT NOT NULL, lease_until BIGINT, rank BIGINT NOT NULL,
  PRIMARY KEY (task_id, slot)
) {STRICT};
CREATE UNIQUE INDEX seats_once ON seats (task_id, labeler_id) WHERE labeler_id IS NOT NULL;
CREATE INDEX seats_open ON seats (project_id, rank) WHERE state = 0;
CREATE INDEX seats_leased ON seats (project_id, lease_until) WHERE state = 1;
CREATE INDEX seats_of_labeler ON seats (project_id, labeler_id, state) WHERE labeler_id IS NOT NULL;

-- Counts of tasks and seats by state, kept in the transactions that change them, spread over shards.
CREATE TABLE counters (
  project_id BIGINT NOT NULL, name TEXT NOT NULL, shard BIGINT NOT NULL, n BIGINT NOT NULL,
  PRIMARY KEY (project_id, name, shard)
) {STRICT};

CREATE TABLE seat_sequence (project_id BIGINT NOT NULL PRIMARY KEY, last BIGINT NOT NULL) {STRICT};

CREATE TABLE cursors (
  project_id BIGINT NOT NULL, user_id BIGINT NOT NULL, recycled BIGINT NOT NULL, fresh BIGINT NOT NULL,
  wrapped_at BIGINT NOT NULL, PRIMARY KEY (project_id, user_id)
) {STRICT};

CREATE TABLE skips (
  task_id BIGINT NOT NULL, user_id BIGINT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (task_id, user_id)
) {STRICT};

-- What machines say: rules of people that vote for options, and guesses that labelers see as pre-labels.
CREATE TABLE labeling_functions (
  id {ID}, project_id BIGINT NOT NULL REFERENCES projects (id), field TEXT NOT NULL, name TEXT NOT NULL,
  value TEXT NOT NULL, rule TEXT NOT NULL, enabled BIGINT NOT NULL, author_id BIGINT NOT NULL, updated_at BIGINT NOT NULL,
  UNIQUE (project_id, field, name)
) {STRICT};

CREATE TABLE predictions (
  project_id BIGINT NOT NULL, task_id BIGINT NOT NULL, source TEXT NOT NULL, answer TEXT NOT NULL,
  score DOUBLE PRECISION NOT NULL, run BIGINT NOT NULL, PRIMARY KEY (task_id, source)
) {STRICT};
CREATE INDEX predictions_of_source ON predictions (project_id, source, run);

-- All items of a project in the plane, as a job laid them out; the formats of the bytes are the workflow's.
CREATE TABLE maps (
  project_id BIGINT NOT NULL PRIMARY KEY REFERENCES projects (id), method TEXT NOT NULL, points {BYTES} NOT NULL,
  neighbors {BYTES} NOT NULL, cards TEXT NOT NULL, at BIGINT NOT NULL
) {STRICT};

-- Tasks that somebody chose, to look at or to label at once.
CREATE TABLE slices (
  id {ID}, project_id BIGINT NOT NULL REFERENCES projects (id), name TEXT NOT NULL, tasks BIGINT NOT NULL,
  author_id BIGINT NOT NULL, created_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX slices_of_project ON slices (project_id, id);

CREATE TABLE slice_tasks (
  slice_id BIGINT NOT NULL, task_id BIGINT NOT NULL, PRIMARY KEY (slice_id, task_id)
) {STRICT};

CREATE TABLE bulk_labels (
  id {ID}, project_id BIGINT NOT NULL REFERENCES projects (id), slice_id BIGINT NOT NULL, field TEXT NOT NULL,
  value TEXT NOT NULL, form TEXT NOT NULL, state TEXT NOT NULL, labeled BIGINT NOT NULL, author_id BIGINT NOT NULL,
  at BIGINT NOT NULL
) {STRICT};
CREATE INDEX bulk_labels_of_project ON bulk_labels (project_id, id);

-- Answers
CREATE TABLE annotations (
  id {ID}, project_id BIGINT NOT NULL, task_id BIGINT NOT NULL, author_kind TEXT NOT NULL, author_id BIGINT,
  author_name TEXT NOT NULL, head BIGINT NOT NULL, state TEXT NOT NULL,
  UNIQUE (task_id, author_kind, author_id, author_name)
) {STRICT};
CREATE INDEX annotations_of_project ON annotations (project_id, id);
CREATE INDEX annotations_of_author ON annotations (project_id, author_id, id);
CREATE INDEX annotations_returned ON annotations (project_id, author_id) WHERE state = 'returned';

CREATE TABLE revisions (
  annotation_id BIGINT NOT NULL, number BIGINT NOT NULL, parent BIGINT, author_id BIGINT, answer TEXT NOT NULL,
  schema_version_id BIGINT NOT NULL, took_ms BIGINT NOT NULL, at BIGINT NOT NULL, idempotency_key TEXT,
  previous_hash TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (annotation_id, number)
) {STRICT};
CREATE INDEX revisions_by_time ON revisions (at);

CREATE TABLE label_facts (
  project_id BIGINT NOT NULL, annotation_id BIGINT NOT NULL, task_id BIGINT NOT NULL, kind TEXT NOT NULL,
  name TEXT NOT NULL, value TEXT NOT NULL, number DOUBLE PRECISION, count BIGINT NOT NULL,
  PRIMARY KEY (annotation_id, kind, name, value)
) {STRICT};
CREATE INDEX label_facts_by_value ON label_facts (project_id, kind, name, value, task_id);

CREATE TABLE idempotency (
  user_id BIGINT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, response TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (user_id, key)
) {STRICT};

CREATE TABLE drafts (
  task_id BIGINT NOT NULL, user_id BIGINT NOT NULL, answer TEXT NOT NULL, base_revision BIGINT, at BIGINT NOT NULL,
  PRIMARY KEY (task_id, user_id)
) {STRICT};

CREATE TABLE comments (
  id {ID}, task_id BIGINT NOT NULL, region_id TEXT, user_id BIGINT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL,
  resolved BIGINT NOT NULL
) {STRICT};
CREATE INDEX comments_of_task ON comments (task_id);

CREATE TABLE flags (
  task_id BIGINT NOT NULL, user_id BIGINT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (task_id, user_id)
) {STRICT};

CREATE TABLE reviews (
  id {ID}, annotation_id BIGINT NOT NULL, revision BIGINT NOT NULL, reviewer_id BIGINT NOT NULL, verdict TEXT NOT NULL,
  reason TEXT NOT NULL, at BIGINT NOT NULL
) {STRICT};
CREATE INDEX reviews_of_annotation ON reviews (annotation_id);

CREATE TABLE consensus (
  task_id BIGINT NOT NULL, number BIGINT NOT NULL, answer TEXT NOT NULL, method TEXT NOT NULL, author_id BIGINT,
  inputs TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (task_id, number)
) {STRICT};

-- What the methods that settle answers learned about labelers.
CREATE TABLE quality_models (
  project_id BIGINT NOT NULL, field TEXT NOT NULL, model TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (project_id, field)
) {STRICT};

CREATE TABLE gold (
  task_id BIGINT NOT NULL PRIMARY KEY, answer TEXT NOT NULL, author_id BIGINT NOT NULL, at BIGINT NOT NULL
) {STRICT};

-- Numbers that stand for items. A set is made with one model of features, learned from a sample of a project's items.
CREATE TABLE feature_sets (
  id {ID}, project_id BIGINT NOT NULL, kind TEXT NOT NULL, items BIGINT NOT NULL, model {BYTES} NOT NULL,
  created_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX feature_sets_of_project ON feature_sets (project_id, id);

CREATE TABLE item_features (
  set_id BIGINT NOT NULL, item_id BIGINT NOT NULL, vector {BYTES} NOT NULL, PRIMARY KEY (set_id, item_id)
) {STRICT};

-- Machines that learn from answers. `asked` is how many answers there were when training was last asked for by the rule;
-- `control` is how many 2^20ths of all tasks are the random control slice.
CREATE TABLE automation (
  project_id BIGINT NOT NULL PRIMARY KEY, asked BIGINT NOT NULL, control BIGINT NOT NULL
) {STRICT};

CREATE TABLE model_runs (
  id {ID}, project_id BIGINT NOT NULL, job_id BIGINT NOT NULL UNIQUE, number BIGINT NOT NULL, field TEXT NOT NULL,
  features TEXT NOT NULL, notes TEXT NOT NULL, tasks BIGINT NOT NULL, labels BIGINT NOT NULL,
  labels_right BIGINT NOT NULL, control BIGINT NOT NULL, control_right BIGINT NOT NULL,
  seconds DOUBLE PRECISION NOT NULL, at BIGINT NOT NULL, UNIQUE (project_id, number)
) {STRICT};

CREATE TABLE suggestions (
  task_id BIGINT NOT NULL PRIMARY KEY, project_id BIGINT NOT NULL, run_id BIGINT NOT NULL, value TEXT NOT NULL,
  score DOUBLE PRECISION NOT NULL, hidden BIGINT NOT NULL, at BIGINT NOT NULL
) {STRICT};
CREATE INDEX suggestions_of_project ON suggestions (project_id, task_id);

CREATE TABLE queued_tasks (
  project_id BIGINT NOT NULL, position BIGINT NOT NULL, task_id BIGINT NOT NULL, why TEXT NOT NULL,
  PRIMARY KEY (project_id, position)
) {STRICT};

-- Labels that a machine gave under a certificate; `draw` is the place in the random order in which people check them.
CREATE TABLE certificates (
  id {ID}, project_id BIGINT NOT NULL, job_id BIGINT NOT NULL UNIQUE, run_id BIGINT NOT NULL, field TEXT NOT NULL,
  target DOUBLE PRECISION NOT NULL, risk DOUBLE PRECISION NOT NULL, document TEXT NOT NULL, state TEXT NOT NULL,
  automatic BIGINT NOT NULL, checked BIGINT NOT NULL, checked_right BIGINT NOT NULL,
  bound DOUBLE PRECISION NOT NULL, created_by BIGINT, created_at BIGINT NOT NULL, ended_at BIGINT
) {STRICT};
CREATE INDEX certificates_of_project ON certificates (project_id, id);

CREATE TABLE machine_labels (
  task_id BIGINT NOT NULL PRIMARY KEY, project_id BIGINT NOT NULL, certificate_id BIGINT NOT NULL,
  value TEXT NOT NULL, score DOUBLE PRECISION NOT NULL, state TEXT NOT NULL, draw BIGINT NOT NULL, checked BIGINT
) {STRICT};
CREATE INDEX machine_labels_of_certificate ON machine_labels (certificate_id, state, draw);

-- Long work, results, history
CREATE TABLE jobs (
  id {ID}, workspace_id BIGINT NOT NULL, project_id BIGINT, kind TEXT NOT NULL, input TEXT NOT NULL,
  state TEXT NOT NULL, progress_done BIGINT NOT NULL, progress_total BIGINT NOT NULL, message TEXT NOT NULL,
  result TEXT, attempts BIGINT NOT NULL, run_after BIGINT NOT NULL, epoch BIGINT NOT NULL, lease_until BIGINT,
  cancel_requested BIGINT NOT NULL, created_by BIGINT, created_at BIGINT NOT NULL, started_at BIGINT,
  finished_at BIGINT
) {STRICT};
CREATE INDEX jobs_waiting ON jobs (run_after, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_of_workspace ON jobs (workspace_id, id);

CREATE TABLE job_problems (
  job_id BIGINT NOT NULL, ordinal BIGINT NOT NULL, place TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
  PRIMARY KEY (job_id, ordinal)
) {STRICT};

CREATE TABLE snapshots (
  id {ID}, project_id BIGINT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, counts TEXT NOT NULL,
  created_at BIGINT NOT NULL, state TEXT NOT NULL
) {STRICT};
CREATE INDEX snapshots_of_project ON snapshots (project_id);

CREATE TABLE exports (
  id {ID}, snapshot_id BIGINT NOT NULL REFERENCES snapshots (id), format TEXT NOT NULL, options TEXT NOT NULL,
  hash TEXT NOT NULL, bytes BIGINT NOT NULL, loss TEXT NOT NULL, job_id BIGINT, created_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX exports_of_snapshot ON exports (snapshot_id);

CREATE TABLE audit (
  id {ID}, workspace_id BIGINT NOT NULL, actor_id BIGINT, action TEXT NOT NULL, target TEXT NOT NULL,
  detail TEXT NOT NULL, at BIGINT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL
) {STRICT};
CREATE INDEX audit_of_workspace ON audit (workspace_id, id);

-- Concepts. A list is replaced as a whole: what is being loaded has the next generation, and nobody sees it before it is
-- complete. Terms are names and synonyms in small letters, and their ends from each word on, as bytes: they compare
-- the same on both databases.
CREATE TABLE concept_lists (
  id {ID}, workspace_id BIGINT NOT NULL REFERENCES workspaces (id), name TEXT NOT NULL, generation BIGINT NOT NULL,
  concepts BIGINT NOT NULL, updated_at BIGINT NOT NULL, UNIQUE (workspace_id, name)
) {STRICT};

CREATE TABLE concepts (
  list_id BIGINT NOT NULL, generation BIGINT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, synonyms TEXT NOT NULL,
  description TEXT NOT NULL, PRIMARY KEY (list_id, generation, code)
) {STRICT};

CREATE TABLE concept_terms (
  list_id BIGINT NOT NULL, generation BIGINT NOT NULL, kind BIGINT NOT NULL, term {BYTES} NOT NULL, code TEXT NOT NULL,
  PRIMARY KEY (list_id, generation, kind, term, code)
) {STRICT};
