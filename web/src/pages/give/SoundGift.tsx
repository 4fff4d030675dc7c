// A recording: made here with the microphone, or a file.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { FileGift } from "./FileGift";
import type { GiftProps } from "./GiveForm";
import { play, Recorder, SECONDS_MAXIMUM } from "./recorder";

export function SoundGift(props: GiftProps) {
  const recorder = useRef<Recorder>(undefined);
  const [seconds, setSeconds] = useState<number>();
  const [made, setMade] = useState<{ sound: Blob; seconds: number }>();
  const [failed, setFailed] = useState(false);
  useEffect(() => () => void recorder.current?.stop(), []);
  const canHear =
    typeof navigator.mediaDevices?.getUserMedia === "function" && typeof AudioWorkletNode === "function";
  const start = async () => {
    setFailed(false);
    try {
      const running = await Recorder.start();
      running.onTime = setSeconds;
      recorder.current = running;
      setSeconds(0);
    } catch {
      setFailed(true);
    }
  };
  const stop = () => {
    const sound = recorder.current?.stop();
    recorder.current = undefined;
    if (sound) setMade({ sound, seconds: seconds ?? 0 });
    setSeconds(undefined);
  };
  if (seconds !== undefined) {
    return (
      <Stack gap="sm">
        <Text role="timer" aria-label="Recording">
          Recording: {seconds.toFixed(0)} s of at most {SECONDS_MAXIMUM}
        </Text>
        <Button size="md" color="red" onClick={stop}>
          Stop
        </Button>
      </Stack>
    );
  }
  if (made) {
    return (
      <Stack gap="sm">
        <Text size="sm">A recording of {made.seconds.toFixed(1)} s</Text>
        <Group grow>
          <Button
            size="md"
            disabled={!props.ready || made.sound.size > props.mostBytes}
            onClick={() => {
              props.onGive(made.sound, `Recording of ${made.seconds.toFixed(0)} s`);
              setMade(undefined);
            }}
          >
            Give
          </Button>
          <Button size="md" variant="default" onClick={() => void play(made.sound)}>
            Listen
          </Button>
          <Button size="md" variant="default" onClick={() => setMade(undefined)}>
            Discard
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <FileGift {...props} accept="audio/*" label="Choose a recording">
      {canHear ? (
        <Group>
          <Button variant="default" onClick={() => void start()}>
            Record here
          </Button>
        </Group>
      ) : null}
      {failed ? (
        <Text size="sm" role="alert">
          The microphone cannot be used here. Choose a file instead.
        </Text>
      ) : null}
    </FileGift>
  );
}
