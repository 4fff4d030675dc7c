import { Select } from "@mantine/core";
import { ROLE_HELP } from "../app/roles";
import type { Role } from "../app/session";
import { capital } from "./format";

interface Props {
  roles: readonly Role[];
  value: Role;
  label?: string;
  "aria-label"?: string;
  disabled?: boolean;
  error?: string;
  size?: "xs" | "sm";
  onChange: (role: Role) => void;
}

export function RoleSelect({ roles, value, onChange, size = "sm", ...input }: Props) {
  const known = roles.includes(value) ? roles : [...roles, value];
  return (
    <Select
      {...input}
      size={size}
      allowDeselect={false}
      value={value}
      data={known.map((role) => ({ value: role, label: capital(role) }))}
      renderOption={({ option }) => (
        <div>
          <div>{option.label}</div>
          <div style={{ fontSize: 12, color: "var(--mantine-color-dimmed)" }}>
            {ROLE_HELP[option.value as Role]}
          </div>
        </div>
      )}
      comboboxProps={{ width: 280, position: "bottom-start" }}
      onChange={(next) => next !== null && onChange(next as Role)}
    />
  );
}
