// Answers that are probably wrong: found, looked at, sent to review.
import { Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Schemas } from "../../../api/client";
import type { QualitySearch } from "../../../app/qualitySearch";
import { suspectsQuery } from "../../../app/queries";
import { CsvLink } from "../../../ui/CsvLink";
import { EmptyState } from "../../../ui/EmptyState";
import { counted } from "../../../ui/format";
import { Loaded } from "../../../ui/Loaded";
import { Panel } from "../../../ui/Panel";
import { OverlapLink } from "./OverlapLink";
import { SuspectsTable } from "./SuspectsTable";

const DEFAULT_LEAST = 0.5;
const STEPS = [0.3, 0.5, 0.7, 0.9, 0.95, 0.99];

interface Props {
  project: Schemas["ProjectView"];
  search: QualitySearch;
}

export function SuspectsPart({ project, search }: Props) {
  const navigate = useNavigate({ from: "/projects/$projectId/quality" });
  const least = search.least ?? DEFAULT_LEAST;
  const query = useQuery(suspectsQuery(project.id, least));
  const words = `${Math.round(least * 100)} %`;
  const steps = [...new Set([...STEPS, least])].sort((one, other) => one - other);
  return (
    <Panel
      title="Likely mistakes"
      about="Answers that others, weighed by how good they are, and predictions that came with the data speak against. The probability is an estimate: look before you judge."
      actions={<CsvLink project={project.id} table="suspects" of="likely mistakes" least={least} />}
    >
      <Stack gap="md">
        <Select
          label="Least probability of being wrong"
          maw={260}
          allowDeselect={false}
          value={String(least)}
          data={steps.map((one) => ({ value: String(one), label: `${Math.round(one * 100)} %` }))}
          onChange={(next) => {
            if (next !== null)
              void navigate({
                search: { ...search, least: Number(next) },
                replace: true,
                resetScroll: false,
              });
          }}
        />
        <Loaded query={query}>
          {(found) =>
            found.suspects.length > 0 ? (
              <SuspectsTable project={project} found={found} />
            ) : found.compared === 0 ? (
              <EmptyState title="Nothing to compare yet" action={<OverlapLink project={project} />}>
                A mistake shows where answers differ. No item has two answers, or an answer and a prediction,
                yet: raise the overlap of the project to 2 or more, or bring predictions in with the data.
              </EmptyState>
            ) : (
              <EmptyState title="Nothing is suspicious">
                {counted(found.compared, "item")} with two answers or predictions or more{" "}
                {found.compared === 1 ? "was" : "were"} compared, and no answer is wrong with a probability of{" "}
                {words} or more.
              </EmptyState>
            )
          }
        </Loaded>
      </Stack>
    </Panel>
  );
}
