// A picture: from the camera in this page, or from the camera or the files of the device.
import { Button, Group, Stack, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { FileGift } from "./FileGift";
import type { GiftProps } from "./GiveForm";

const QUALITY = 0.92;

export function PhotoGift(props: GiftProps) {
  const [stream, setStream] = useState<MediaStream>();
  const [failed, setFailed] = useState(false);
  const canSee = typeof navigator.mediaDevices?.getUserMedia === "function";
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    setStream(undefined);
  };
  if (stream) {
    return (
      <Camera
        stream={stream}
        ready={props.ready}
        onTaken={(picture) => {
          props.onGive(picture, `Picture of ${new Date().toLocaleTimeString()}`);
          stop();
        }}
        onClose={stop}
      />
    );
  }
  return (
    <FileGift {...props} accept="image/*" capture label="Take or choose a picture">
      {canSee ? (
        <Group>
          <Button
            variant="default"
            onClick={() => {
              setFailed(false);
              navigator.mediaDevices
                .getUserMedia({ video: { facingMode: "environment" } })
                .then(setStream, () => setFailed(true));
            }}
          >
            Use the camera here
          </Button>
        </Group>
      ) : null}
      {failed ? (
        <Text size="sm" role="alert">
          The camera cannot be used here. Choose a picture instead.
        </Text>
      ) : null}
    </FileGift>
  );
}

interface CameraProps {
  stream: MediaStream;
  ready: boolean;
  onTaken: (picture: Blob) => void;
  onClose: () => void;
}

function Camera({ stream, ready, onTaken, onClose }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
    return () => {
      for (const track of stream.getTracks()) track.stop();
    };
  }, [stream]);
  const take = () => {
    const from = video.current;
    if (!from) return;
    const canvas = document.createElement("canvas");
    canvas.width = from.videoWidth;
    canvas.height = from.videoHeight;
    canvas.getContext("2d")?.drawImage(from, 0, 0);
    canvas.toBlob((picture) => picture && onTaken(picture), "image/jpeg", QUALITY);
  };
  return (
    <Stack gap="sm">
      <video
        ref={video}
        autoPlay
        playsInline
        muted
        aria-label="Camera"
        style={{ width: "100%", maxHeight: 320, background: "#000" }}
        onLoadedData={() => setSeen(true)}
      />
      <Group grow>
        <Button size="md" disabled={!ready || !seen} onClick={take}>
          Take and give
        </Button>
        <Button size="md" variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  );
}
