// A button for what cannot be undone: it says what will happen and asks once.
import { Button, type ButtonProps, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";

interface Props extends ButtonProps {
  /** What the dialogue is headed with, and what its button says. */
  question: string;
  consequence: ReactNode;
  act: string;
  onConfirm: () => void;
  "aria-label"?: string;
}

export function ConfirmButton({ question, consequence, act, onConfirm, children, ...button }: Props) {
  const [open, dialogue] = useDisclosure(false);
  return (
    <>
      <Button variant="default" size="xs" {...button} onClick={dialogue.open}>
        {children}
      </Button>
      <Modal opened={open} onClose={dialogue.close} title={question}>
        <Text size="sm">{consequence}</Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={dialogue.close}>
            Cancel
          </Button>
          <Button
            color="red"
            onClick={() => {
              dialogue.close();
              onConfirm();
            }}
          >
            {act}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
