// Asks why: for skipping, flagging and sending back.
import { Button, Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import classes from "./shell.module.css";

interface Props {
  opened: boolean;
  title: string;
  verb: string;
  presets: readonly string[];
  required?: boolean;
  problem?: string;
  busy?: boolean;
  onDone: (reason: string) => void;
  onClose: () => void;
}

export function ReasonDialog(props: Props) {
  const { opened, title, verb, presets, required = false, problem, busy, onDone, onClose } = props;
  const [reason, setReason] = useState("");
  useEffect(() => {
    if (opened) setReason("");
  }, [opened]);
  const ready = !required || reason.trim() !== "";
  const done = () => {
    if (ready && !busy) onDone(reason.trim());
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} transitionProps={{ duration: 0 }}>
      <div className={classes.chips}>
        {presets.map((preset) => (
          <Button key={preset} size="compact-sm" variant="default" onClick={() => setReason(preset)}>
            {preset}
          </Button>
        ))}
      </div>
      <textarea
        className={classes.input}
        rows={3}
        data-autofocus
        dir="auto"
        value={reason}
        aria-label="Reason"
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey) return;
          event.preventDefault();
          done();
        }}
      />
      {problem ? (
        <p className={classes.complaint} role="alert">
          {problem}
        </p>
      ) : null}
      <Button onClick={done} disabled={!ready} loading={busy}>
        {verb}
      </Button>
    </Modal>
  );
}
