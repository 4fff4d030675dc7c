// What a panel puts into the address of the people whom it sends. Each has its own names for the three.
export interface Panel {
  participant: string;
  study: string;
  session: string;
}

const NAMES: Record<keyof Panel, string[]> = {
  participant: [
    "prolific_pid",
    "participant_id",
    "participantid",
    "participant",
    "worker_id",
    "workerid",
    "pid",
  ],
  study: ["study_id", "studyid", "study", "project_id"],
  session: ["session_id", "sessionid", "session", "assignmentid", "assignment_id"],
};

const CHARS = 200;

export function panelOf(search: string): Panel {
  const told = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search))
    told.set(name.toLowerCase(), value.slice(0, CHARS));
  const find = (names: string[]) => names.map((name) => told.get(name)).find((value) => value) ?? "";
  return {
    participant: find(NAMES.participant),
    study: find(NAMES.study),
    session: find(NAMES.session),
  };
}
