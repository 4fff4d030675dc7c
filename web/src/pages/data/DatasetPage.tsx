// One dataset: bring more in, look at what is there.
import { Stack } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { datasetsQuery, itemsQuery } from "../../app/queries";
import { useWorkspace } from "../../app/workspace";
import { EmptyState } from "../../ui/EmptyState";
import { counted, words } from "../../ui/format";
import { ImportForm } from "../../ui/ImportForm";
import { Loaded, LoadedPages } from "../../ui/Loaded";
import { AnchorLink, ButtonLink } from "../../ui/links";
import { PageHeader } from "../../ui/PageHeader";
import { Panel } from "../../ui/Panel";
import { Items } from "./Items";

export default function DatasetPage() {
  const { datasetId } = useParams({ from: "/app/data/$datasetId" });
  const workspace = useWorkspace();
  const query = useQuery(datasetsQuery(workspace.id));
  const items = useInfiniteQuery(itemsQuery(datasetId));
  return (
    <Loaded query={query}>
      {(datasets) => {
        const dataset = datasets.find((one) => one.id === datasetId);
        if (!dataset) {
          return (
            <EmptyState
              title="There is no such dataset here"
              action={<ButtonLink to="/data">All datasets</ButtonLink>}
            >
              It may belong to another workspace of yours: choose that one above.
            </EmptyState>
          );
        }
        return (
          <>
            <PageHeader
              title={dataset.name}
              about={
                <>
                  <AnchorLink to="/data" size="sm" underline="always">
                    Data
                  </AnchorLink>
                  {` · ${counted(dataset.items, "item")}`}
                  {dataset.modalities.length > 0 ? ` · ${dataset.modalities.map(words).join(", ")}` : ""}
                </>
              }
            />
            <Stack gap="md">
              <Panel
                title={dataset.items > 0 ? "Bring more in" : "Bring data in"}
                about="The same file twice adds nothing. Projects with this dataset get tasks for what is new."
              >
                <ImportForm workspace={workspace.id} dataset={dataset.id} />
              </Panel>
              <LoadedPages query={items}>
                {(all) => (all.length > 0 ? <Items items={all} /> : null)}
              </LoadedPages>
            </Stack>
          </>
        );
      }}
    </Loaded>
  );
}
