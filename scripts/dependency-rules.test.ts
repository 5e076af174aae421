import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise } from "dependency-cruiser";
import { afterEach, expect, it } from "vitest";
import configuration from "../.dependency-cruiser.js";

const rules = configuration.forbidden ?? [];
// The violations live in a directory of their own, without a TypeScript configuration.
const { tsConfig: _, ...options } = configuration.options ?? {};
let directory: string;
afterEach(() => rm(directory, { recursive: true, force: true }));

/** The names of the rules that these files break. Each file's text is its imports. */
async function broken(files: Record<string, string>): Promise<string[]> {
  directory = await mkdtemp(join(tmpdir(), "ingot-rules-"));
  await symlink(join(process.cwd(), "node_modules"), join(directory, "node_modules"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  const result = await cruise(["packages"], {
    ...options,
    baseDir: directory,
    validate: true,
    ruleSet: { forbidden: rules },
  });
  if (typeof result.output === "string") throw new Error("expected an object");
  return [...new Set(result.output.summary.violations.map((violation) => violation.rule.name))].sort();
}

const server = "packages/server/src";
const empty = "export const x = 1;\n";
const imports = (path: string): string => `import { x } from "${path}";\nexport const y = x;\n`;

it.each<[string, Record<string, string>]>([
  [
    "features-know-no-wire",
    { [`${server}/features/a/a.ts`]: imports("../../wire/tfe/b.ts"), [`${server}/wire/tfe/b.ts`]: empty },
  ],
  [
    "planes-are-strangers",
    { [`${server}/wire/tfe/a.ts`]: imports("../runner/b.ts"), [`${server}/wire/runner/b.ts`]: empty },
  ],
  [
    "front-doors-only",
    { [`${server}/features/a/a.ts`]: imports("../b/inner.ts"), [`${server}/features/b/inner.ts`]: empty },
  ],
  [
    "wire-uses-front-doors",
    { [`${server}/wire/tfe/a.ts`]: imports("../../features/b/inner.ts"), [`${server}/features/b/inner.ts`]: empty },
  ],
  ["sql-lives-in-stores", { [`${server}/features/a/a.ts`]: 'import { sql } from "kysely";\nexport const y = sql;\n' }],
  ["platform-knows-nobody", { [`${server}/platform/a.ts`]: imports("../db/b.ts"), [`${server}/db/b.ts`]: empty }],
  [
    "runner-never-opens-the-database",
    { "packages/runner/src/a.ts": imports("../../server/src/db/b.ts"), [`${server}/db/b.ts`]: empty },
  ],
  [
    "console-knows-only-the-api",
    {
      "packages/console/src/a.ts": imports("../../server/src/features/b/index.ts"),
      [`${server}/features/b/index.ts`]: empty,
    },
  ],
  [
    "the-product-needs-no-tests",
    { [`${server}/app.ts`]: imports("./testing/b.ts"), [`${server}/testing/b.ts`]: empty },
  ],
  ["no-cycles", { "packages/cli/src/a.ts": imports("./b.ts"), "packages/cli/src/b.ts": imports("./a.ts") }],
])("%s fires on a violation", async (rule, files) => {
  expect(await broken(files)).toEqual([rule]);
});

it("lets a store import the query builder, and a plane use a front door", async () => {
  expect(
    await broken({
      [`${server}/features/a/a-store.ts`]: 'import { sql } from "kysely";\nexport const y = sql;\n',
      [`${server}/wire/tfe/a.ts`]: imports("../../features/b/index.ts"),
      [`${server}/features/b/index.ts`]: empty,
    }),
  ).toEqual([]);
});

it("names a test for every rule", () => {
  expect(rules.length).toBe(10);
});
