import { cpSync } from "node:fs";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** What pdf.js asks for by name when a PDF needs it: character maps, the standard fonts, decoders of scans. */
const pdfData: Plugin = {
  name: "pdf-data",
  apply: "build",
  writeBundle({ dir = "dist" }) {
    const from = new URL("node_modules/pdfjs-dist/", import.meta.url);
    for (const folder of ["cmaps", "standard_fonts", "wasm"]) {
      cpSync(new URL(folder, from), `${dir}/pdfjs/${folder}`, { recursive: true });
    }
  },
};

// In development the API comes from a server started by hand: labelwright serve.
export default defineConfig({
  plugins: [react(), pdfData],
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
