// Brings the dialogue when the session ends. It is no part of the first page, but fetched before it is needed: when
// the time comes the server may refuse everything else.
import { lazy, Suspense, useEffect } from "react";
import { useSignInAsked } from "./session";

const load = () => import("./SignInDialogue");
const Dialogue = lazy(load);
const AFTER_THE_FIRST_PAGE_MILLISECONDS = 3000;

export function SignInAgain() {
  const asked = useSignInAsked();
  useEffect(() => {
    const timer = window.setTimeout(() => void load(), AFTER_THE_FIRST_PAGE_MILLISECONDS);
    return () => window.clearTimeout(timer);
  }, []);
  if (!asked) return null;
  return (
    <Suspense>
      <Dialogue />
    </Suspense>
  );
}
