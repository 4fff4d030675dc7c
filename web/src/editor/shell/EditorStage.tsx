// What is labeled: one canvas, or those of the panes beside each other.
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import { EditorCanvas } from "./EditorCanvas";
import { canvasWords } from "./words";

interface Props {
  session: EditorSession;
  readOnly?: boolean;
  layers?: readonly LayerView[];
  /** The one canvas in words, where it does not show an answer. */
  label?: string;
}

export function EditorStage({ session, readOnly = false, layers, label }: Props) {
  const { panes } = session;
  if (panes) return <panes.views.Stage panes={panes} readOnly={readOnly} layers={layers} />;
  return (
    <EditorCanvas
      session={session}
      readOnly={readOnly}
      layers={layers}
      label={label ?? canvasWords(session)}
    />
  );
}
