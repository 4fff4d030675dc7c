// The queue of what was given: one after the other by keys, or all at once that no check found anything about.
import { Button, Group, Kbd, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Schemas } from "../../../api/client";
import { contributionsQuery } from "../../../app/sources";
import { EmptyState } from "../../../ui/EmptyState";
import { ErrorText } from "../../../ui/ErrorText";
import { counted } from "../../../ui/format";
import { LoadedPages } from "../../../ui/Loaded";
import { ContributionCard } from "./ContributionCard";
import { useModeration } from "./useModeration";

type Contribution = Schemas["ContributionView"];

const STATES = [
  { value: "waiting", label: "Waiting" },
  { value: "accepted", label: "Accepted" },
  { value: "rejected", label: "Rejected" },
  { value: "withdrawn", label: "Withdrawn" },
];

interface Props {
  project: number;
  call: Schemas["CallView"];
}

export function Moderation({ project, call }: Props) {
  const [state, setState] = useState("waiting");
  const query = useInfiniteQuery({
    ...contributionsQuery(project, call.id, state),
    refetchInterval: state === "waiting" ? 10_000 : false,
  });
  const [reason, setReason] = useState("Not what was asked for");
  const work = useModeration(project, call.id);
  const plain = call.counts.waiting - call.counts.flagged;
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-end">
        <SegmentedControl aria-label="State" data={STATES} value={state} onChange={setState} />
        <Group gap="xs">
          <Button
            variant="default"
            disabled={work.steps.length === 0}
            loading={work.busy}
            onClick={() => work.undo()}
          >
            Undo
          </Button>
          {state === "waiting" ? (
            <Button loading={work.busy} disabled={plain <= 0} onClick={() => work.acceptPlain()}>
              Accept all without flags ({Math.max(0, plain)})
            </Button>
          ) : null}
        </Group>
      </Group>
      {state === "waiting" ? (
        <TextInput
          label="Reason for rejecting"
          description="The contributor is told."
          w={360}
          maw="100%"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      ) : null}
      {work.told ? (
        <Text size="sm" role="status">
          {work.told}
        </Text>
      ) : null}
      <ErrorText error={work.error} />
      <LoadedPages query={query}>
        {(all) => <List key={state} all={all} state={state} reason={reason} work={work} />}
      </LoadedPages>
    </Stack>
  );
}

interface ListProps {
  all: Contribution[];
  state: string;
  reason: string;
  work: ReturnType<typeof useModeration>;
}

function List({ all, state, reason, work }: ListProps) {
  const [at, setAt] = useState(0);
  const here = Math.min(at, Math.max(0, all.length - 1));
  const current = all[here];
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (target?.closest("input, textarea, select, [contenteditable], [role=dialog]")) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.toLowerCase();
      const move = { j: 1, arrowdown: 1, k: -1, arrowup: -1 }[key];
      if (move !== undefined) setAt(Math.max(0, Math.min(all.length - 1, here + move)));
      else if (key === "z") work.undo();
      else if (key === "a" && current && state !== "withdrawn" && state !== "accepted")
        work.judge(current, "accept", "");
      else if (key === "x" && current && state === "waiting") work.judge(current, "reject", reason);
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [all, here, current, state, reason, work]);
  if (all.length === 0) {
    return (
      <EmptyState title={state === "waiting" ? "Nothing waits" : "None"}>
        {state === "waiting" ? "What people give through the link comes here." : ""}
      </EmptyState>
    );
  }
  return (
    <Stack gap="sm">
      <Text size="xs" c="dimmed">
        {counted(all.length, "contribution")} shown. <Kbd size="xs">A</Kbd> accept, <Kbd size="xs">X</Kbd>{" "}
        reject, <Kbd size="xs">J</Kbd> <Kbd size="xs">K</Kbd> next and previous, <Kbd size="xs">Z</Kbd> undo.
      </Text>
      {all.map((one, index) => (
        <ContributionCard
          key={one.id}
          contribution={one}
          current={index === here}
          busy={work.busy}
          onPick={() => setAt(index)}
          onAccept={() => work.judge(one, "accept", "")}
          onReject={() => work.judge(one, "reject", reason)}
          onWithdraw={() => work.withdraw(one)}
        />
      ))}
    </Stack>
  );
}
