// The relations of a text: which region stands how to which.
import { CloseButton } from "@mantine/core";
import type { EditorSession } from "../session";
import { useDocVersion, useUi } from "./hooks";
import classes from "./shell.module.css";

/** Rows that are drawn at once. */
const MOST = 200;

export function RelationList({ session, readOnly }: { session: EditorSession; readOnly?: boolean }) {
  useDocVersion(session);
  const { selection } = useUi(session);
  const all = session.doc.relations;
  if (all.length === 0) return null;
  // Of very many those of what is selected, and the first ones.
  const chosen = new Set(selection);
  const own = all.length <= MOST ? [] : all.filter(({ from, to }) => chosen.has(from) || chosen.has(to));
  const relations = all.length <= MOST ? all : own.length > 0 ? own.slice(0, MOST) : all.slice(0, MOST);
  const name = (id: string) => {
    const region = session.doc.region(id);
    return region ? session.describe(region) : "?";
  };
  return (
    <>
      {relations.length < all.length ? (
        <p className={classes.help}>
          {own.length > 0
            ? `${own.length} of ${all.length} relations: those of what is selected`
            : `The first ${MOST} of ${all.length} relations; select a region for its own`}
        </p>
      ) : null}
      <ul className={classes.relations} aria-label="Relations">
        {relations.map((relation) => {
          const type = session.schema.relations?.find((one) => one.id === relation.relation);
          const words = `${name(relation.from)} ${type?.title ?? relation.relation} ${name(relation.to)}`;
          return (
            <li key={relation.id}>
              <button
                type="button"
                className={classes.relation}
                onClick={() => session.reveal(relation.from, relation.to)}
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
    </>
  );
}
