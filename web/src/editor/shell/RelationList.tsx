// The relations of a text: which region stands how to which.
import { CloseButton } from "@mantine/core";
import type { EditorSession } from "../session";
import { useDocVersion } from "./hooks";
import classes from "./shell.module.css";

export function RelationList({ session, readOnly }: { session: EditorSession; readOnly?: boolean }) {
  useDocVersion(session);
  const { relations } = session.doc;
  if (relations.length === 0) return null;
  const name = (id: string) => {
    const region = session.doc.region(id);
    return region ? session.plugin.describe(region, session.media) : "?";
  };
  return (
    <ul className={classes.relations} aria-label="Relations">
      {relations.map((relation) => {
        const type = session.schema.relations?.find((one) => one.id === relation.relation);
        const words = `${name(relation.from)} ${type?.title ?? relation.relation} ${name(relation.to)}`;
        return (
          <li key={relation.id}>
            <button
              type="button"
              className={classes.relation}
              onClick={() => {
                session.ui.select(relation.from, relation.to);
                session.engine?.focus([relation.from]);
              }}
            >
              <bdi>{name(relation.from)}</bdi>
              <em>
                {type?.title ?? relation.relation} {type?.directed === false ? "–" : "→"}
              </em>
              <bdi>{name(relation.to)}</bdi>
            </button>
            {readOnly ? null : (
              <CloseButton
                size="sm"
                aria-label={`Delete the relation ${words}`}
                onClick={() => session.doc.removeRelation("delete a relation", relation.id)}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}
