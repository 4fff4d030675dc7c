-- Sources that are asked again every so often.
CREATE TABLE repeats (
  id {ID}, workspace_id BIGINT NOT NULL REFERENCES workspaces (id), project_id BIGINT,
  dataset_id BIGINT NOT NULL REFERENCES datasets (id), source TEXT NOT NULL, every_seconds BIGINT NOT NULL,
  next_at BIGINT NOT NULL, paused BIGINT NOT NULL, failures BIGINT NOT NULL, bookmark TEXT, last_job_id BIGINT,
  created_by BIGINT, created_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX repeats_due ON repeats (next_at, id) WHERE paused = 0;
CREATE INDEX repeats_of_project ON repeats (project_id, id);
CREATE INDEX repeats_of_job ON repeats (last_job_id);
