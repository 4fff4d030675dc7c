-- What priorities were before many were changed at once.
CREATE TABLE bulk_priorities (
  bulk_id BIGINT NOT NULL REFERENCES bulk_labels (id), task_id BIGINT NOT NULL REFERENCES tasks (id),
  priority BIGINT NOT NULL, PRIMARY KEY (bulk_id, task_id)
) {STRICT};
CREATE INDEX bulk_priorities_of_task ON bulk_priorities (task_id);
