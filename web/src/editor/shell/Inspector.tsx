// What is selected: its class, its attributes, and what can be done with it.
import { Button } from "@mantine/core";
import type { Value, Values } from "../../core/types";
import type { EditorSession } from "../session";
import { FieldForm } from "./FieldForm";
import { useDocVersion, useUi } from "./hooks";
import classes from "./shell.module.css";
import { pickByDigit } from "./walk";

interface Props {
  session: EditorSession;
  complaints: Readonly<Record<string, Readonly<Record<string, string>>>>;
  onComment?: (region: string) => void;
  readOnly?: boolean;
}

export function Inspector({ session, complaints, onComment, readOnly }: Props) {
  useDocVersion(session);
  const { selection, hidden, walking } = useUi(session);
  const regions = selection.map((id) => session.doc.region(id)).filter((region) => region !== undefined);
  const [first] = regions;
  if (!first) return null;
  const same = regions.every((region) => region.class === first.class);
  const attributes = same ? (session.classOf(first.class)?.attributes ?? []) : [];
  const ids = regions.map((region) => region.id);
  const change = (id: string, value: Value | undefined, merge?: string) =>
    session.setAttribute(ids, id, value, merge && `${merge} ${ids.join()}`);
  return (
    <section
      className={classes.section}
      aria-label="Selected region"
      onKeyDown={walking ? pickByDigit : undefined}
    >
      <h2 className={classes.heading}>
        {regions.length > 1 ? `${regions.length} regions` : session.classOf(first.class)?.title}
      </h2>
      <FieldForm
        fields={attributes}
        values={session.engine?.valuesOf?.(first) ?? (first.attributes as Values)}
        onChange={change}
        complaints={complaints[first.id]}
        scope="attribute"
        readOnly={readOnly}
      />
      {readOnly ? null : (
        <div className={classes.buttons}>
          <Button size="compact-sm" variant="default" onClick={() => session.hideSelected()}>
            {ids.every((id) => hidden.has(id)) ? "Show" : "Hide"}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => session.removeSelected()}>
            Delete
          </Button>
          {onComment && regions.length === 1 ? (
            <Button size="compact-sm" variant="default" onClick={() => onComment(first.id)}>
              Comment
            </Button>
          ) : null}
        </div>
      )}
    </section>
  );
}
