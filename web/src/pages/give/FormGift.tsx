// The fields of the call, filled in.
import { Button, NumberInput, Select, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import type { GiftProps } from "./GiveForm";

type Field = Schemas["FormField"];
type Value = string | number | boolean;

export function FormGift({ ready, onGive, fields }: GiftProps & { fields: Field[] }) {
  const [values, setValues] = useState<Record<string, Value>>({});
  const isThere = (field: Field) => values[field.id] !== undefined && values[field.id] !== "";
  const complete = fields.every((field) => !field.required || isThere(field)) && fields.some(isThere);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const filled = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
        onGive(new Blob([JSON.stringify(filled)]), String(Object.values(filled)[0] ?? "Form"));
        setValues({});
      }}
    >
      <Stack gap="sm">
        {fields.map((field) => (
          <FieldInput
            key={field.id}
            field={field}
            value={values[field.id]}
            onChange={(value) => setValues((before) => ({ ...before, [field.id]: value }))}
          />
        ))}
        <Button type="submit" size="md" disabled={!ready || !complete}>
          Give
        </Button>
      </Stack>
    </form>
  );
}

interface InputProps {
  field: Field;
  value: Value | undefined;
  onChange: (value: Value) => void;
}

function FieldInput({ field, value, onChange }: InputProps) {
  const { kind } = field;
  const shared = { label: field.title, required: field.required ?? false };
  switch (kind.type) {
    case "text":
      return (
        <Textarea
          {...shared}
          autosize
          minRows={1}
          maxRows={8}
          value={String(value ?? "")}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "number":
      return (
        <NumberInput
          {...shared}
          value={typeof value === "number" ? value : ""}
          onChange={(next) => onChange(typeof next === "number" ? next : "")}
        />
      );
    case "yes_no":
      return (
        <Select
          {...shared}
          clearable
          data={["yes", "no"]}
          value={value === undefined || value === "" ? null : value ? "yes" : "no"}
          onChange={(next) => onChange(next === null ? "" : next === "yes")}
        />
      );
    case "choice":
      return (
        <Select
          {...shared}
          clearable
          data={kind.options}
          value={typeof value === "string" && value ? value : null}
          onChange={(next) => onChange(next ?? "")}
        />
      );
  }
}
