-- Addresses that are told of what happens in a workspace, and what each has still to be told.
CREATE TABLE webhooks (
  id {ID}, workspace_id BIGINT NOT NULL REFERENCES workspaces (id), url TEXT NOT NULL, secret TEXT NOT NULL,
  kinds TEXT NOT NULL, active BIGINT NOT NULL, next_at BIGINT NOT NULL, failures BIGINT NOT NULL,
  last_outcome TEXT NOT NULL, last_at BIGINT, created_by BIGINT NOT NULL, created_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX webhooks_of_workspace ON webhooks (workspace_id, id);
CREATE TABLE deliveries (
  id {ID}, webhook_id BIGINT NOT NULL REFERENCES webhooks (id), kind TEXT NOT NULL, project_id BIGINT,
  data TEXT NOT NULL, at BIGINT NOT NULL
) {STRICT};
CREATE INDEX deliveries_of_webhook ON deliveries (webhook_id, id);
