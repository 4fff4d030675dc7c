// From a number to the tasks behind it.
import type { ReactNode } from "react";
import { AnchorLink } from "../../../ui/links";

interface Props {
  project: number;
  /** In the filter language. */
  filter: string;
  sort?: string;
  /** What is behind the number, for those who hear links one by one. */
  label?: string;
  /** Among other words, where colour alone would not tell it from them. */
  inText?: boolean;
  children: ReactNode;
}

export function TasksLink({ project, filter, sort, label, inText = false, children }: Props) {
  return (
    <AnchorLink
      to="/projects/$projectId/tasks"
      params={{ projectId: project }}
      search={{ filter, sort }}
      size="sm"
      underline={inText ? "always" : "hover"}
      aria-label={label}
    >
      {children}
    </AnchorLink>
  );
}
