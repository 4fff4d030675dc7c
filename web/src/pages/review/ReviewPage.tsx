// The page on which answers are judged.

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { conceptsOf } from "../../app/concepts";
import { useOwnHotkeys } from "../../app/ownKeys";
import { projectQuery } from "../../app/queries";
import bars from "../../editor/shell/bars.module.css";
import { HotkeysContext, useHotkeys, useKeyboard } from "../../editor/shell/hooks";
import "../../editor/shell/styles";
import { ConceptContext } from "../../editor/shell/concepts";
import { ButtonLink } from "../../ui/links";
import own from "../label/label.module.css";
import { Waiting } from "../label/Nothing";
import { ReviewWork } from "./ReviewWork";
import { useReviewTask } from "./useReviewTask";

interface Props {
  projectId: number;
  taskId?: number;
}

export default function ReviewPage(props: Props) {
  const hotkeys = useOwnHotkeys();
  return (
    <HotkeysContext value={hotkeys}>
      <Review {...props} />
    </HotkeysContext>
  );
}

function Review({ projectId, taskId }: Props) {
  const project = useQuery(projectQuery(projectId)).data;
  const task = useReviewTask(projectId, taskId, project?.schema_version_id);
  useKeyboard(useHotkeys());
  if (project && task.shown) {
    return (
      <ConceptContext value={conceptsOf(project.id)}>
        <ReviewWork key={task.shown.detail.task.id} project={project} task={task} shown={task.shown} />
      </ConceptContext>
    );
  }
  return (
    <div className={own.page}>
      <ReviewBar projectId={projectId} project={project} />
      {task.phase === "loading" ? (
        <Waiting />
      ) : (
        <main className={own.middle}>
          <h1>{task.phase === "failed" ? "The task could not be loaded" : "Nothing waits for review"}</h1>
          <p>
            {task.phase === "failed"
              ? task.problem
              : "Tasks come here when all their answers are in. Answers of your own are left to others."}
          </p>
          <div className={own.actions}>
            <Button onClick={() => void task.next()}>Look again</Button>
            <ButtonLink variant="default" to="/projects/$projectId" params={{ projectId }}>
              To the project
            </ButtonLink>
          </div>
        </main>
      )}
    </div>
  );
}

interface BarProps {
  projectId: number;
  project: Schemas["ProjectView"] | undefined;
  children?: ReactNode;
}

export function ReviewBar({ projectId, project, children }: BarProps) {
  return (
    <header className={bars.topBar}>
      <Link to="/projects/$projectId" params={{ projectId }} aria-label="Back to the project">
        ←
      </Link>
      <h1 className={bars.title}>{project ? `${project.name}: review` : "Review"}</h1>
      {children}
    </header>
  );
}
