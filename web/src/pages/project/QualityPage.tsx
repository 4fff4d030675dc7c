// Can the labels be trusted? Agreement, likely mistakes, labelers, change over time: each part has its own address.
import { Alert, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { QualitySearch } from "../../app/qualitySearch";
import { schemaVersionQuery } from "../../app/queries";
import { count } from "../../ui/format";
import classes from "./QualityPage.module.css";
import { AgreementPart } from "./quality/AgreementPart";
import { BoardPart } from "./quality/BoardPart";
import { DriftPart } from "./quality/DriftPart";
import { LabelersPart } from "./quality/LabelersPart";
import { SuspectsPart } from "./quality/SuspectsPart";
import { useProject } from "./useProject";

const PARTS: { part: NonNullable<QualitySearch["part"]>; label: string }[] = [
  { part: "agreement", label: "Agreement" },
  { part: "suspects", label: "Likely mistakes" },
  { part: "labelers", label: "Labelers" },
  { part: "drift", label: "Drift" },
  { part: "board", label: "Models" },
];

export default function QualityPage() {
  const project = useProject();
  const search = useSearch({ from: "/app/projects/$projectId/quality" });
  const schema = useQuery(schemaVersionQuery(project.schema_version_id)).data?.document;
  // Only conversations have models to compare.
  const compares =
    schema?.modality === "dialogue" &&
    (schema.fields ?? []).some((field) => ["pairwise", "ranking"].includes(field.kind.type));
  const { answers_measured: measured, seats_submitted: all } = project.progress;
  return (
    <Stack gap="md">
      {all > measured ? (
        <Alert color="yellow" title="Not all answers are measured">
          The numbers on these pages rest on the first {count(measured)} of {count(all)} answers. A consensus
          always rests on all of them; the command line measures exports of any size.
        </Alert>
      ) : null}
      <nav aria-label="Quality" className={classes.parts}>
        {PARTS.filter(({ part }) => part !== "board" || compares).map(({ part, label }) => (
          <Link
            key={part}
            to="/projects/$projectId/quality"
            params={{ projectId: project.id }}
            search={{ part }}
            className={classes.part}
            activeOptions={{ includeSearch: true }}
          >
            {label}
          </Link>
        ))}
      </nav>
      <Part project={project} search={search} />
    </Stack>
  );
}

interface Props {
  project: ReturnType<typeof useProject>;
  search: QualitySearch;
}

function Part({ project, search }: Props) {
  switch (search.part) {
    case "suspects":
      return <SuspectsPart project={project} search={search} />;
    case "labelers":
      return <LabelersPart project={project} />;
    case "drift":
      return <DriftPart project={project} search={search} />;
    case "board":
      return <BoardPart project={project} />;
    default:
      return <AgreementPart project={project} />;
  }
}
