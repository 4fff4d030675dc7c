// The page of a call for contributions: for anybody with its link, on a telephone, with and without a network.
import { Alert, Container, Stack, Text, Title } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { ErrorText } from "../../ui/ErrorText";
import { isStatus } from "../../ui/errors";
import { dateTime } from "../../ui/format";
import { LateSkeleton } from "../../ui/Loaded";
import { useTitle } from "../../ui/PageHeader";
import type { Call } from "./api";
import { Consent } from "./Consent";
import { GiveForm } from "./GiveForm";
import { Mine } from "./Mine";
import { Progress } from "./Progress";
import { Queue } from "./Queue";
import { TakeBack } from "./TakeBack";
import { useGive } from "./useGive";
import { keepPage } from "./worker";

export default function GivePage() {
  const { token } = useParams({ from: "/give/$token" });
  const visit = useGive(token);
  const { call, person, error } = visit;
  useTitle(call?.title ?? "Contribute");
  const isThere = call !== undefined;
  useEffect(() => {
    if (isThere) void keepPage();
  }, [isThere]);
  if (isStatus(error, 404)) {
    return (
      <Frame title="This link leads nowhere">
        <Text size="sm">It may be mistyped, or was taken back. Ask whoever gave it to you.</Text>
      </Frame>
    );
  }
  if (!call || !person) {
    return (
      <Frame title="Contribute">
        {error ? <ErrorText error={error} retry={() => void visit.load()} /> : <LateSkeleton />}
      </Frame>
    );
  }
  const consented = person.contributor !== undefined && call.me?.consented === true;
  const open = call.state === "open";
  return (
    <Frame title={call.title}>
      {call.instructions ? (
        <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {call.instructions}
        </Text>
      ) : null}
      {visit.offline ? (
        <Alert color="blue" variant="light" role="status">
          No network. What you give is kept here and sent when it is back.
        </Alert>
      ) : null}
      <NotOpen call={call} />
      {consented ? <Progress call={call} waiting={visit.queue.waiting.length} /> : null}
      {open && !consented ? <Consent visit={visit} call={call} /> : null}
      {open && consented ? <GiveForm call={call} visit={visit} /> : null}
      <Queue visit={visit} />
      {person.contributor ? <Mine token={token} visit={visit} contributor={person.contributor} /> : null}
      <TakeBack token={token} visit={visit} />
    </Frame>
  );
}

function Frame({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Container size="xs" px="sm" py="md" component="main">
      <Stack gap="md">
        <Title order={1} style={{ overflowWrap: "anywhere" }}>
          {title}
        </Title>
        {children}
      </Stack>
    </Container>
  );
}

function NotOpen({ call }: { call: Call }) {
  if (call.state === "open") {
    return call.closes_at ? (
      <Text size="xs" c="dimmed">
        Open until {dateTime(call.closes_at)}.
      </Text>
    ) : null;
  }
  const said = {
    not_yet: call.opens_at ? `This opens on ${dateTime(call.opens_at)}.` : "This is not open yet.",
    closed: "This is closed: nothing is taken any more. You can still withdraw what you gave.",
    full: "All that was asked for is there. Thank you!",
  }[call.state];
  return (
    <Alert color="gray" variant="light" role="status">
      {said}
    </Alert>
  );
}
