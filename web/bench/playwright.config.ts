import { defineConfig } from "@playwright/test";
import shared from "../playwright.config";

/** One after the other: figures of two at a time would be of neither. Traces take pictures, which is work as well. */
export default defineConfig({
  ...shared,
  use: { ...shared.use, trace: "off" },
  testDir: ".",
  workers: 1,
  retries: 0,
  timeout: 600_000,
});
