// Choosing what to give, and giving it.
import { Paper, Radio, SegmentedControl, Stack, Title } from "@mantine/core";
import { useState } from "react";
import type { GiftKind } from "../../core/giving";
import type { Call } from "./api";
import { FileGift } from "./FileGift";
import { FormGift } from "./FormGift";
import { PhotoGift } from "./PhotoGift";
import { SoundGift } from "./SoundGift";
import { TextGift } from "./TextGift";
import type { Visit } from "./useGive";

const NAMES: Record<GiftKind, string> = {
  text: "Text",
  photo: "Picture",
  audio: "Recording",
  form: "Form",
  file: "File",
};

export interface GiftProps {
  /** May it be given now? */
  ready: boolean;
  mostBytes: number;
  onGive: (body: Blob, title: string) => void;
}

export function GiveForm({ call, visit }: { call: Call; visit: Visit }) {
  const [chosen, setChosen] = useState<GiftKind>();
  const [category, setCategory] = useState("");
  const kind = chosen ?? call.kinds[0] ?? "text";
  const needsCategory = call.categories.length > 0;
  const full = (id: string) => call.categories.find((one) => one.id === id)?.left === 0;
  const enough = call.me?.left === 0;
  const ready = !enough && (!needsCategory || (category !== "" && !full(category)));
  const props: GiftProps = {
    ready,
    mostBytes: call.most_bytes,
    onGive: (body, title) => void visit.add({ kind, category, body, title }),
  };
  return (
    <Paper withBorder p="sm" component="section" aria-labelledby="give">
      <Stack gap="sm">
        <Title order={2} id="give">
          {enough ? "You have given as much as one person may give" : "Give"}
        </Title>
        {needsCategory ? (
          <Radio.Group label="What is it?" value={category} onChange={setCategory}>
            <Stack gap={6} mt={4}>
              {call.categories.map((one) => (
                <Radio
                  key={one.id}
                  value={one.id}
                  disabled={one.left === 0}
                  label={one.left == null ? one.title : `${one.title} (${one.left} wanted)`}
                />
              ))}
            </Stack>
          </Radio.Group>
        ) : null}
        {call.kinds.length > 1 ? (
          <SegmentedControl
            aria-label="Kind"
            fullWidth
            size="sm"
            value={kind}
            onChange={(next) => setChosen(next as GiftKind)}
            data={call.kinds.map((one) => ({ value: one, label: NAMES[one] }))}
          />
        ) : null}
        {kind === "text" ? <TextGift {...props} /> : null}
        {kind === "photo" ? <PhotoGift {...props} /> : null}
        {kind === "audio" ? <SoundGift {...props} /> : null}
        {kind === "form" ? <FormGift {...props} fields={call.fields} /> : null}
        {kind === "file" ? <FileGift {...props} accept="" label="Choose a file" /> : null}
      </Stack>
    </Paper>
  );
}
