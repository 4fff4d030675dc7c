// All keys that work now, from the registry itself.
import { Kbd, Modal } from "@mantine/core";
import { shown } from "../../core/hotkeys";
import { useHotkeys } from "./hooks";
import classes from "./shell.module.css";

export function HotkeySheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size="xl" transitionProps={{ duration: 0 }}>
      {opened ? <Groups /> : null}
    </Modal>
  );
}

function Groups() {
  const entries = useHotkeys().list();
  const groups = [...new Set(entries.map((entry) => entry.group))];
  return (
    <div className={classes.sheet}>
      {groups.map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl>
            {entries
              .filter((entry) => entry.group === group)
              .map((entry) => (
                <div key={entry.id}>
                  <dt>
                    {entry.keys.map((key) => (
                      <Kbd key={key}>{shown(key)}</Kbd>
                    ))}
                  </dt>
                  <dd>{entry.what}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
