/** Five steps of a shade, for shares of 0 to 1. */
export function level(share: number): number {
  return Math.max(0, Math.min(4, Math.floor(share * 5)));
}
