// All keys that work now, from the registry itself.
import { Kbd, Modal } from "@mantine/core";
import { type KeyEntry, shown } from "../../core/hotkeys";
import type { Gesture } from "../plugin";
import bars from "./bars.module.css";
import { useHotkeys } from "./hooks";

interface Props {
  opened: boolean;
  gestures: readonly Gesture[];
  onClose: () => void;
}

export function HotkeySheet({ opened, gestures, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size="xl" transitionProps={{ duration: 0 }}>
      {opened ? <Groups gestures={gestures} /> : null}
    </Modal>
  );
}

/** One line for each thing that keys do: the four arrows that move are one. */
function linesOf(entries: readonly KeyEntry[]): { what: string; keys: string[] }[] {
  const lines = new Map<string, string[]>();
  for (const entry of entries) lines.set(entry.what, [...(lines.get(entry.what) ?? []), ...entry.keys]);
  return [...lines].map(([what, keys]) => ({ what, keys }));
}

function Groups({ gestures }: { gestures: readonly Gesture[] }) {
  const entries = useHotkeys().list();
  const groups = [...new Set(entries.map((entry) => entry.group))];
  return (
    <div className={bars.sheet}>
      {groups.map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl>
            {linesOf(entries.filter((entry) => entry.group === group)).map(({ what, keys }) => (
              <div key={what}>
                <dt>
                  {keys.map((key) => (
                    <Kbd key={key}>{shown(key)}</Kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      {gestures.length > 0 ? (
        <section>
          <h3>Pointer</h3>
          <dl>
            {gestures.map(({ how, what }) => (
              <div key={how}>
                <dt>
                  <Kbd>{how}</Kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ) : null}
    </div>
  );
}
