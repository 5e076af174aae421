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
    // Loading the server takes seconds, so a worker loads it once for all of its files: what a test changes of its process,
    // such as a variable of the environment, it puts back.
    isolate: false,
    reporters: ["default"],
    globalSetup: ["scripts/test-setup.ts"],
  },
});
