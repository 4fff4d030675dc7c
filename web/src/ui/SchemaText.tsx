// A label schema as JSON, checked by the server while it is written: each problem with its place and its reason.
import { List, Stack, Text, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { ApiError, api, type Schemas, take } from "../api/client";

export type SchemaProblem = Schemas["Problem"];

/** The document goes as the text that was written: a key given twice would be lost by reading and writing it. */
export function documentBody(text: string): {
  body: { document: Schemas["LabelSchema"] };
  bodySerializer: () => string;
} {
  return {
    body: { document: { name: "", modality: "text" } },
    bodySerializer: () => `{"document":${text}}`,
  };
}

/** The place of an error in what is not even JSON. */
export function syntaxProblem(text: string): SchemaProblem | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return {
      pointer: "",
      code: "malformed",
      message: error instanceof Error ? error.message : String(error),
    };
  }
}

async function check(text: string): Promise<SchemaProblem[]> {
  const syntax = syntaxProblem(text);
  if (syntax) return [syntax];
  try {
    return (await take(api.POST("/api/v1/schemas/validate", documentBody(text)))).problems;
  } catch (error) {
    if (error instanceof ApiError && error.problem.errors) return error.problem.errors;
    throw error;
  }
}

/** What is wrong with the text; undefined while that is not known. */
export function useSchemaProblems(text: string): SchemaProblem[] | undefined {
  const [settled] = useDebouncedValue(text, 300);
  const query = useQuery({
    queryKey: ["schema-check", settled],
    queryFn: () => check(settled),
    enabled: settled.trim() !== "",
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  return settled === text ? query.data : undefined;
}

interface Props {
  label: string;
  value: string;
  rows?: number;
  onChange: (value: string) => void;
}

export function SchemaText({ label, value, rows = 18, onChange }: Props) {
  const problems = useSchemaProblems(value);
  return (
    <Stack gap={6}>
      <Textarea
        label={label}
        autosize
        minRows={rows}
        maxRows={32}
        spellCheck={false}
        value={value}
        error={problems !== undefined && problems.length > 0}
        onChange={(event) => onChange(event.currentTarget.value)}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
      />
      <div aria-live="polite">
        {problems === undefined ? null : problems.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nothing is wrong with it.
          </Text>
        ) : (
          <List size="sm" c="var(--mantine-color-error)" aria-label="Problems of the schema">
            {problems.map((problem) => (
              <List.Item key={`${problem.pointer} ${problem.message}`}>
                <Text span size="sm" ff="monospace">
                  {problem.pointer || "document"}
                </Text>
                : {problem.message}
              </List.Item>
            ))}
          </List>
        )}
      </div>
    </Stack>
  );
}
