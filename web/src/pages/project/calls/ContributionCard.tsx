// One contribution as it is: picture, words, sound or fields, with what the checks found.
import { Badge, Button, Card, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Schemas } from "../../../api/client";
import { ConfirmButton } from "../../../ui/ConfirmButton";
import { bytes, dateTime, words } from "../../../ui/format";

type Contribution = Schemas["ContributionView"];

interface Props {
  contribution: Contribution;
  current: boolean;
  busy: boolean;
  onPick: () => void;
  onAccept: () => void;
  onReject: () => void;
  onWithdraw: () => void;
}

export function ContributionCard(props: Props) {
  const { contribution: one, current, busy } = props;
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (current) card.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const ring = current ? { outline: "2px solid var(--mantine-primary-color-filled)" } : {};
  return (
    <Card
      ref={card}
      withBorder
      padding="sm"
      component="article"
      aria-label={`Contribution ${one.id}`}
      aria-current={current}
      style={ring}
      onClick={props.onPick}
    >
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Text size="sm" fw={600}>
              {one.id}
            </Text>
            {one.category ? <Badge variant="default">{one.category}</Badge> : null}
            {one.flags.map((flag) => (
              <Badge key={flag.code} color="orange" variant="outline" c="var(--mantine-color-text)">
                {words(flag.code)}
                {flag.of ? ` of ${flag.of}` : ""}
              </Badge>
            ))}
          </Group>
          <Text size="xs" c="dimmed">
            {words(one.kind)}, {bytes(one.bytes)}, contributor {one.contributor_id}, {dateTime(one.given_at)}
          </Text>
        </Group>
        <Content one={one} />
        {one.reason ? (
          <Text size="xs" c="dimmed">
            Reason: {one.reason}
          </Text>
        ) : null}
        {one.state === "withdrawn" ? null : (
          <Group gap="xs">
            {one.state === "accepted" ? null : (
              <Button size="xs" disabled={busy} aria-label={`Accept ${one.id}`} onClick={props.onAccept}>
                Accept
              </Button>
            )}
            {one.state === "waiting" ? (
              <Button
                size="xs"
                variant="default"
                disabled={busy}
                aria-label={`Reject ${one.id}`}
                onClick={props.onReject}
              >
                Reject
              </Button>
            ) : null}
            <ConfirmButton
              question={`Withdraw contribution ${one.id}?`}
              consequence="It is deleted, with its item, tasks, answers and all that was made of it. There is no way back."
              act="Withdraw"
              aria-label={`Withdraw ${one.id}`}
              onConfirm={props.onWithdraw}
            >
              Withdraw
            </ConfirmButton>
          </Group>
        )}
      </Stack>
    </Card>
  );
}

function Content({ one }: { one: Contribution }) {
  if (one.state === "withdrawn") return <Text size="sm">Withdrawn; nothing of it is left.</Text>;
  if (one.kind === "form") return <Fields one={one} />;
  if (one.modality === "image") {
    return (
      <img
        src={one.media_url}
        alt={`What was given as ${one.id}`}
        loading="lazy"
        style={{ maxWidth: "100%", maxHeight: 320, objectFit: "contain", alignSelf: "flex-start" }}
      />
    );
  }
  if (one.modality === "audio") {
    return (
      // biome-ignore lint/a11y/useMediaCaption: a recording that nobody has transcribed has no captions.
      <audio controls preload="none" src={one.media_url} aria-label={`Recording ${one.id}`} />
    );
  }
  return <Words one={one} />;
}

const SHOWN_CHARS = 2000;

function Words({ one }: { one: Contribution }) {
  // Long texts do not come with the list.
  const long = useQuery({
    queryKey: ["contribution", one.media_url],
    enabled: one.text == null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const response = await fetch(one.media_url, { headers: { Range: `bytes=0-${SHOWN_CHARS * 2}` } });
      return response.ok ? await response.text() : "";
    },
  });
  const text = one.text ?? long.data ?? "";
  return (
    <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
      {text.slice(0, SHOWN_CHARS)}
      {text.length > SHOWN_CHARS ? " …" : ""}
    </Text>
  );
}

function Fields({ one }: { one: Contribution }) {
  const fields = Object.entries((one.fields ?? {}) as Record<string, unknown>);
  return (
    <Table aria-label={`Fields of ${one.id}`}>
      <Table.Tbody>
        {fields.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th w={180}>{name}</Table.Th>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{String(value)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
