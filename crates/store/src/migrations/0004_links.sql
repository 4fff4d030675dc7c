-- Data that were left where they are: which object of whose source has the bytes of a hash.
CREATE TABLE links (
  hash TEXT NOT NULL, workspace_id BIGINT NOT NULL REFERENCES workspaces (id), source TEXT NOT NULL,
  object TEXT NOT NULL, bytes BIGINT NOT NULL, e_tag TEXT, PRIMARY KEY (hash, workspace_id)
) {STRICT};
