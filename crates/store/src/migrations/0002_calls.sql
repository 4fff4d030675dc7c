-- Calls for contributions: people without an account give data to a project. Of links, contributors and receipts only
-- hashes are kept; `secret` signs receipts and completion codes and leaves the server in no answer.
CREATE TABLE calls (
  id {ID}, project_id BIGINT NOT NULL REFERENCES projects (id), dataset_id BIGINT NOT NULL REFERENCES datasets (id),
  secret TEXT NOT NULL, settings TEXT NOT NULL, terms_version BIGINT NOT NULL, created_by BIGINT NOT NULL,
  created_at BIGINT NOT NULL
) {STRICT};
CREATE INDEX calls_of_project ON calls (project_id, id);

-- One link of a call is good for giving; earlier ones still lead to what was given by them, so that it can be withdrawn.
CREATE TABLE call_links (
  token_hash TEXT NOT NULL PRIMARY KEY, call_id BIGINT NOT NULL REFERENCES calls (id), created_at BIGINT NOT NULL,
  ended_at BIGINT
) {STRICT};
CREATE INDEX links_of_call ON call_links (call_id);

-- What contributors agree to. A version never changes.
CREATE TABLE call_terms (
  call_id BIGINT NOT NULL REFERENCES calls (id), version BIGINT NOT NULL, text TEXT NOT NULL, hash TEXT NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY (call_id, version)
) {STRICT};

CREATE TABLE contributors (
  id {ID}, call_id BIGINT NOT NULL REFERENCES calls (id), secret_hash TEXT NOT NULL UNIQUE, participant TEXT NOT NULL,
  study TEXT NOT NULL, session TEXT NOT NULL, created_at BIGINT NOT NULL, withdrawn_at BIGINT
) {STRICT};
CREATE INDEX contributors_of_call ON contributors (call_id, id);
CREATE INDEX contributors_by_participant ON contributors (call_id, participant);

CREATE TABLE consents (
  contributor_id BIGINT NOT NULL REFERENCES contributors (id), terms_version BIGINT NOT NULL, terms_hash TEXT NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY (contributor_id, terms_version)
) {STRICT};

-- `hash` is empty once what was withdrawn is gone.
CREATE TABLE contributions (
  id {ID}, call_id BIGINT NOT NULL REFERENCES calls (id), contributor_id BIGINT NOT NULL REFERENCES contributors (id),
  key TEXT NOT NULL, request_hash TEXT NOT NULL, receipt_hash TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  category TEXT NOT NULL, terms_version BIGINT NOT NULL, modality TEXT NOT NULL, media_type TEXT NOT NULL,
  hash TEXT NOT NULL, bytes BIGINT NOT NULL, content TEXT, data {BYTES}, shape TEXT NOT NULL, fields TEXT NOT NULL,
  words_hash TEXT NOT NULL, made_at BIGINT NOT NULL, given_at BIGINT NOT NULL, flags TEXT NOT NULL, state TEXT NOT NULL,
  reason TEXT NOT NULL, item_id BIGINT, judged_by BIGINT, judged_at BIGINT, UNIQUE (contributor_id, key)
) {STRICT};
CREATE INDEX contributions_of_call ON contributions (call_id, id);
CREATE INDEX contributions_by_state ON contributions (call_id, state, id);
CREATE INDEX contributions_of_contributor ON contributions (contributor_id, id);
CREATE INDEX contributions_by_item ON contributions (item_id);

-- What texts and pictures look like in short, by the hash of their bytes: for finding what is nearly the same.
CREATE TABLE prints (hash TEXT NOT NULL PRIMARY KEY, print {BYTES} NOT NULL) {STRICT};

-- Snapshots never change: what was withdrawn after it was frozen is told of beside them.
CREATE TABLE withdrawn_items (
  snapshot_id BIGINT NOT NULL, hash TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (snapshot_id, hash)
) {STRICT};

-- Outcomes of pushes, for those who push again under the same key.
CREATE TABLE pushes (
  user_id BIGINT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, job_id BIGINT NOT NULL,
  lines BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (user_id, key)
) {STRICT};
