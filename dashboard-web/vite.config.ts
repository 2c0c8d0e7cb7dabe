/// <reference types="vitest/config" />
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Compressed once here rather than by the collector for each visitor; it serves a file's .gz in its place. */
const gzip: Plugin = {
  name: "gzip",
  apply: "build",
  writeBundle({ dir = "dist" }) {
    for (const file of readdirSync(`${dir}/assets`)) {
      const path = `${dir}/assets/${file}`;
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
};

export default defineConfig({
  plugins: [react(), gzip],
  build: { outDir: "dist", chunkSizeWarningLimit: 900 },
  // For people who work on the dashboard: the API of a collector that runs beside it.
  server: { proxy: { "/api": "http://127.0.0.1:4318" } },
  test: {
    projects: [
      { test: { name: "unit", include: ["src/**/*.test.ts"] } },
      {
        test: {
          name: "browser",
          include: ["browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      // ./thaw bench web runs it.
      { test: { name: "budgets", include: ["browser/budgets.ts"], testTimeout: 180_000, hookTimeout: 60_000 } },
      // For docs/pictures, and to look at what was made.
      { test: { name: "pictures", include: ["browser/pictures.ts"], testTimeout: 120_000, hookTimeout: 60_000 } },
    ],
  },
});
