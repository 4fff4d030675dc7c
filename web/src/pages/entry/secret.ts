// The secret behind the # of a link.
import { useEffect, useState } from "react";

/** Takes the secret out of the address, so that it stays in no history. */
function takeSecret(): string {
  const secret = window.location.hash.slice(1);
  if (secret) window.history.replaceState(window.history.state, "", window.location.pathname);
  return secret;
}

/** The secret of the link; another one when a new link is opened in the same tab, which loads no page. */
export function useSecret(kept = ""): string {
  const [secret, setSecret] = useState(() => takeSecret() || kept);
  useEffect(() => {
    const changed = () => {
      const next = takeSecret();
      if (next) setSecret(next);
    };
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);
  return secret;
}
