import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["ingot-source"] },
  ssr: { resolve: { conditions: ["ingot-source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "contract/**/*.test.ts", "e2e/**/*.test.ts", "scripts/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make the timing of the end-to-end tests worse.
    maxWorkers: 2,
    reporters: ["default"],
    globalSetup: ["scripts/test-setup.ts"],
  },
});
