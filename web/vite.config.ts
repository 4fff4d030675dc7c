import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// In development the API comes from a server started by hand: labelwright serve.
export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    manifest: true,
    chunkSizeWarningLimit: 700,
    // What editors and pages both need is on its own: an editor shall not bring a page along for it.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "ids", test: /src\/core\/ids\.ts$/ }] } },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { include: ["test/**/*.test.ts"], environment: "node", testTimeout: 30_000 },
});
