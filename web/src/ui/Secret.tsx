// A secret that is shown this once, ready to be copied.
import { Alert, Button, Group, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";

interface Props {
  title: string;
  label: string;
  about: string;
  secret: string;
  onClose: () => void;
}

export function Secret({ title, label, about, secret, onClose }: Props) {
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <Alert
      color="green"
      variant="light"
      title={title}
      withCloseButton
      closeButtonLabel="Close"
      onClose={onClose}
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          label={label}
          description={about}
          readOnly
          value={secret}
          style={{ flex: "1 1 20rem" }}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button variant="default" onClick={() => clipboard.copy(secret)}>
          {clipboard.copied ? "Copied" : clipboard.error ? "Press Ctrl+C in the field" : "Copy"}
        </Button>
      </Group>
    </Alert>
  );
}
