// The public link of a call, shown this once: the server keeps only its hash.
import { useState } from "react";
import { Secret } from "../../../ui/Secret";

export function CallLink({ token }: { token: string }) {
  const [shown, setShown] = useState(true);
  if (!shown) return null;
  return (
    <Secret
      title="The link of the call"
      label="Link"
      about="Copy it now: it is shown this once. A panel adds its participant, study and session to it."
      secret={`${window.location.origin}/give/${token}`}
      onClose={() => setShown(false)}
    />
  );
}
