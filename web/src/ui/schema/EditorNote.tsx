// Says so where labelers have no editor for a kind of data yet: better here than at the first task.
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { LabelSchema } from "../../core/types";
import { loadPlugin } from "../../editor/registry";
import { words } from "../format";

export function EditorNote({ modality }: { modality: LabelSchema["modality"] }) {
  const there = useQuery({
    queryKey: ["editor", modality],
    queryFn: async () => (await loadPlugin(modality)) !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (there.data !== false) return null;
  return (
    <Text size="sm" role="note">
      There is no editor for {words(modality)} data here yet: nobody can label it in this app. The schema can
      be published and used for imports.
    </Text>
  );
}
