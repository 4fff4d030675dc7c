import { defineConfig } from "@playwright/test";
import shared from "../playwright.config";

/** One after the other: figures of two at a time would be of neither. */
export default defineConfig({ ...shared, testDir: ".", workers: 1, retries: 0, timeout: 600_000 });
