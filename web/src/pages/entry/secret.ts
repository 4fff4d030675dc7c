/** The secret behind the # of the address, taken out of the address so that it stays in no history. */
export function takeSecret(): string {
  const secret = window.location.hash.slice(1);
  if (secret) window.history.replaceState(window.history.state, "", window.location.pathname);
  return secret;
}
