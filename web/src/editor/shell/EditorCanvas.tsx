// The place in which an editor's engine draws. React makes the element and then leaves it alone.
import { useEffect, useRef } from "react";
import type { LayerView } from "../plugin";
import type { EditorSession } from "../session";
import classes from "./shell.module.css";

const NO_LAYERS: readonly LayerView[] = [];

interface Props {
  session: EditorSession;
  readOnly?: boolean;
  layers?: readonly LayerView[];
  label: string;
}

export function EditorCanvas({ session, readOnly = false, layers = NO_LAYERS, label }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const first = useRef(layers);
  first.current = layers;

  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const engine = session.plugin.mount(element, { session, readOnly, layers: first.current });
    session.engine = engine;
    session.canvas = element;
    return () => {
      engine.destroy();
      if (session.engine === engine) session.engine = undefined;
      if (session.canvas === element) session.canvas = undefined;
    };
  }, [session, readOnly]);

  useEffect(() => session.engine?.setLayers(layers), [session, layers]);

  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles may have a name; the rule does not see them.
    <div
      ref={host}
      className={classes.canvas}
      tabIndex={0}
      role={["text", "dialogue", "table"].includes(session.plugin.kind) ? "region" : "application"}
      aria-label={label}
      data-testid="canvas"
    />
  );
}
