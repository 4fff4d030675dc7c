// How much labelers agree: per question, per class, each with each. Every number says what it means.
import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client";
import { agreementQuery } from "../../../app/queries";
import { EmptyState } from "../../../ui/EmptyState";
import { Loaded } from "../../../ui/Loaded";
import { AgreementMatrix } from "../AgreementMatrix";
import { ClassesTable } from "./ClassesTable";
import { FieldsTable } from "./FieldsTable";
import { OverlapLink } from "./OverlapLink";

export function AgreementPart({ project }: { project: Schemas["ProjectView"] }) {
  const query = useQuery(agreementQuery(project.id));
  return (
    <Loaded query={query}>
      {(agreement) =>
        agreement.items === 0 ? (
          <EmptyState title="Nothing to compare yet" action={<OverlapLink project={project} />}>
            Agreement needs items that at least two people answered. Raise the overlap of the project to 2 or
            more, and the numbers come with the answers.
          </EmptyState>
        ) : (
          <Stack gap="md">
            {agreement.fields.length > 0 ? <FieldsTable project={project.id} agreement={agreement} /> : null}
            {agreement.classes.length > 0 ? (
              <ClassesTable project={project.id} agreement={agreement} />
            ) : null}
            <AgreementMatrix project={project.id} agreement={agreement} />
          </Stack>
        )
      }
    </Loaded>
  );
}
