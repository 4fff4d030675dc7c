// An item in little: its picture, or the beginning of its text.
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Schemas } from "../../../api/client";
import { AnchorLink } from "../../../ui/links";
import classes from "./map.module.css";

export function LookBody({ look, title }: { look: Schemas["LookView"]; title?: ReactNode }) {
  return (
    <>
      <Text size="xs" fw={600} truncate title={look.key} component="div">
        {title ?? look.key}
      </Text>
      {look.modality === "image" ? (
        <img className={classes.picture} src={`/api/v1/items/${look.item}/media`} alt="" loading="lazy" />
      ) : (
        <Text size="xs" lineClamp={5} dir="auto">
          {look.snippet ?? look.modality}
        </Text>
      )}
    </>
  );
}

interface Props {
  project: number;
  look: Schemas["LookView"];
  /** Said below it. */
  note?: ReactNode;
}

export function LookItem({ project, look, note }: Props) {
  const link = (
    <AnchorLink
      to="/projects/$projectId/review/$taskId"
      params={{ projectId: project, taskId: look.task }}
      size="xs"
    >
      {look.key}
    </AnchorLink>
  );
  return (
    <li className={classes.item}>
      <LookBody look={look} title={link} />
      {note}
    </li>
  );
}
