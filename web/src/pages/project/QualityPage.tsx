// How much labelers agree: per question, per class, each with each. Every number says what it means.
import { Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/client";
import { agreementQuery } from "../../app/queries";
import { EmptyState } from "../../ui/EmptyState";
import { count, percent } from "../../ui/format";
import { Loaded } from "../../ui/Loaded";
import { ButtonLink } from "../../ui/links";
import { Panel } from "../../ui/Panel";
import { TableFrame } from "../../ui/TableFrame";
import { AgreementMatrix } from "./AgreementMatrix";
import { useProject } from "./useProject";

type Agreement = Schemas["AgreementView"];

export default function QualityPage() {
  const project = useProject();
  const query = useQuery(agreementQuery(project.id));
  return (
    <Loaded query={query}>
      {(agreement) =>
        agreement.items === 0 ? (
          <EmptyState
            title="Nothing to compare yet"
            action={
              <ButtonLink
                to="/projects/$projectId/settings"
                params={{ projectId: project.id }}
                variant="default"
              >
                Overlap in the settings
              </ButtonLink>
            }
          >
            Agreement needs items that at least two people answered. Raise the overlap of the project to 2 or
            more, and the numbers come with the answers.
          </EmptyState>
        ) : (
          <Stack gap="md">
            {agreement.fields.length > 0 ? <Fields agreement={agreement} /> : null}
            {agreement.classes.length > 0 ? <Classes agreement={agreement} /> : null}
            <AgreementMatrix agreement={agreement} />
          </Stack>
        )
      }
    </Loaded>
  );
}

function Fields({ agreement }: { agreement: Agreement }) {
  return (
    <Panel
      title="Agreement per question"
      about={
        <>
          <b>Same answer</b> is the share of pairs of answers to one item that are equal. <b>Alpha</b>{" "}
          (Krippendorff) takes out what chance alone would give: 1 is perfect, 0 is chance, and from 0.8 on
          labels are commonly held to be reliable. <b>Items</b> have at least two answers.
        </>
      }
    >
      <TableFrame label="Agreement per question">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Question</Table.Th>
            <Table.Th ta="right">Same answer</Table.Th>
            <Table.Th ta="right">Alpha</Table.Th>
            <Table.Th ta="right">Items</Table.Th>
            <Table.Th ta="right">Pairs</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
          {agreement.fields.map((field) => (
            <Table.Tr key={field.id}>
              <Table.Td>{field.title}</Table.Td>
              <Table.Td ta="right">{percent(field.percent)}</Table.Td>
              <Table.Td ta="right">
                {field.alpha == null ? (
                  <Text size="xs" c="dimmed" maw={190} ml="auto">
                    undefined: {field.undefined_because ?? "too few answers"}
                  </Text>
                ) : (
                  field.alpha.toFixed(2)
                )}
              </Table.Td>
              <Table.Td ta="right">{count(field.units)}</Table.Td>
              <Table.Td ta="right">{count(field.pairs)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </TableFrame>
    </Panel>
  );
}

function Classes({ agreement }: { agreement: Agreement }) {
  return (
    <Panel
      title="Agreement per class"
      about={
        <>
          <b>F1</b> compares each two answers to an item: a region counts as found when the other one has a
          region of the same class that overlaps enough (the threshold is in the settings). 100 % means that
          both drew the same regions.
        </>
      }
    >
      <TableFrame label="Agreement per class">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class</Table.Th>
            <Table.Th ta="right">F1</Table.Th>
            <Table.Th ta="right">Regions</Table.Th>
            <Table.Th ta="right">Pairs of answers</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody style={{ fontVariantNumeric: "tabular-nums" }}>
          {agreement.classes.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>{one.title}</Table.Td>
              <Table.Td ta="right">{percent(one.f1)}</Table.Td>
              <Table.Td ta="right">{count(one.regions)}</Table.Td>
              <Table.Td ta="right">{count(one.pairs)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </TableFrame>
    </Panel>
  );
}
