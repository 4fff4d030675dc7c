// What sources behind keys ask for: buckets, Apify, databases. Keys themselves are the operator's: a source names a
// connection.
import { Group, NumberInput, Radio, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import type { Schemas } from "../../../api/client";
import { at } from "../../../ui/errors";
import type { Props as Fields } from "./SourceFields";
import type { Written } from "./source";

export interface Props extends Fields {
  connections: Schemas["ConnectionView"][];
}

type TextKey = { [Key in keyof Written]: Written[Key] extends string ? Key : never }[keyof Written];

function Field(
  props: Fields & {
    name: TextKey;
    label: string;
    description?: string;
    placeholder?: string;
    required?: boolean;
  },
) {
  const { written, change, error, name, label, description, placeholder, required } = props;
  return (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      required={required}
      w={260}
      value={written[name]}
      error={at(error, `/source/${name}`)}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  );
}

function Connection({
  written,
  change,
  error,
  connections,
  kinds,
  open,
}: Props & { kinds: string[]; open: boolean }) {
  const fitting = connections.filter((one) => kinds.includes(one.kind));
  const choices = fitting.map((one) => ({
    value: one.name,
    label: one.bucket ? `${one.name} (${one.bucket})` : one.name,
  }));
  return (
    <Select
      label="Connection"
      description="Keys that the operator set up."
      placeholder={choices.length === 0 ? "There is none" : "Choose one"}
      allowDeselect={false}
      w={260}
      value={written.connection}
      error={at(error, "/source/connection")}
      data={open ? [{ value: "", label: "None: what is public" }, ...choices] : choices}
      onChange={(next) => {
        const bucket = fitting.find((one) => one.name === next)?.bucket;
        change({ connection: next ?? "", ...(bucket ? { bucket } : {}) });
      }}
    />
  );
}

export function BucketFields(props: Props) {
  const { written, change } = props;
  const isFolder = written.store === "folder";
  return (
    <Stack gap="sm">
      <Group align="flex-start">
        <Select
          label="Store"
          description="Who keeps it."
          allowDeselect={false}
          w={220}
          value={written.store}
          data={[
            { value: "s3", label: "S3 or compatible" },
            { value: "gcs", label: "Google Cloud Storage" },
            { value: "azure", label: "Azure Blob Storage" },
            { value: "folder", label: "Folder of the server" },
          ]}
          onChange={(next) => change({ store: (next ?? "s3") as Written["store"], connection: "" })}
        />
        <Connection {...props} kinds={[written.store]} open={!isFolder} />
        {isFolder ? null : (
          <Field
            {...props}
            name="bucket"
            label={written.store === "azure" ? "Container" : "Bucket"}
            description="Its name."
          />
        )}
      </Group>
      <Group align="flex-start">
        <Field
          {...props}
          name="prefix"
          label="Prefix"
          description="Keys begin with it."
          placeholder="photos/2026"
        />
        <Field
          {...props}
          name="endings"
          label="Endings"
          description="Keys end with one."
          placeholder=".jpg, .png"
        />
        <Field {...props} name="content" label="Column with the text" description="For tables." />
      </Group>
      <Radio.Group
        label="The bytes of pictures and recordings"
        value={written.keep}
        onChange={(next) => change({ keep: next as Written["keep"] })}
      >
        <Group mt={4}>
          <Radio value="copy" label="Copy them here" />
          <Radio
            value="link"
            label="Leave them there"
            description="They are read there whenever somebody looks. An item whose object changes or goes cannot be shown."
          />
        </Group>
      </Radio.Group>
      {written.connection === "" && !isFolder ? (
        <Group align="flex-start">
          {written.store === "azure" ? (
            <Field {...props} name="account" label="Storage account" description="Of a public container." />
          ) : null}
          <Field
            {...props}
            name="endpoint"
            label="Endpoint"
            description="Where it is not the usual one."
            placeholder="https://storage.example.org"
          />
        </Group>
      ) : null}
    </Stack>
  );
}

export function ApifyFields(props: Props) {
  const { written, change, error } = props;
  return (
    <Stack gap="sm">
      <Group align="flex-start">
        <Connection {...props} kinds={["apify"]} open />
        <Field {...props} name="dataset" label="Dataset" description="Its id, or user~name." />
        <Field
          {...props}
          name="actor"
          label="Or an actor"
          description="Is run first."
          placeholder="user/name"
        />
      </Group>
      {written.actor.trim() !== "" ? (
        <Group align="flex-start">
          <Textarea
            label="Input of the actor"
            description="A JSON object."
            autosize
            minRows={2}
            w={400}
            value={written.input}
            onChange={(event) => change({ input: event.currentTarget.value })}
          />
          <NumberInput
            label="Cost at most"
            description="US dollars; 0 for no limit."
            min={0}
            w={190}
            value={written.most_usd}
            error={at(error, "/source/most_usd")}
            onChange={(value) => change({ most_usd: Number(value) || 0 })}
          />
        </Group>
      ) : null}
      <Group align="flex-start">
        <Field
          {...props}
          name="content"
          label="Field with the text"
          description="Or with an address."
          required
        />
        <Field {...props} name="key" label="Field with the key" description="All fields unless named." />
      </Group>
    </Stack>
  );
}

export function DatabaseFields(props: Props) {
  const { written, change, error, connections } = props;
  if (!connections.some((one) => one.kind === "postgres" || one.kind === "sqlite"))
    return (
      <Text size="sm">
        There is no connection to a database yet. The operator sets them up in the server's file of
        connections.
      </Text>
    );
  return (
    <Stack gap="sm">
      <Group align="flex-start">
        <Connection {...props} kinds={["postgres", "sqlite"]} open={false} />
        <Field
          {...props}
          name="content"
          label="Column with the text"
          description="Or with an address."
          required
        />
      </Group>
      <Textarea
        label="Query"
        description="One SELECT. It cannot write."
        placeholder="SELECT id, body, changed_at FROM reviews"
        autosize
        minRows={3}
        required
        value={written.query}
        error={at(error, "/source/query")}
        onChange={(event) => change({ query: event.currentTarget.value })}
      />
      <Group align="flex-start">
        <Field {...props} name="key" label="Column with the key" description="All values unless named." />
        <Field
          {...props}
          name="cursor"
          label="Column that grows"
          description="Asked again, only what came since is taken."
        />
      </Group>
    </Stack>
  );
}
