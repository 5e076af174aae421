// Who may know whom. Each rule is shown to fire by scripts/dependency-rules.test.ts; the reasons are in docs/adr/0003.
const server = "^packages/server/src/";
const features = `${server}features/`;
const wire = `${server}wire/`;
const inside = "[^/]+/(?!index\\.ts$)";

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: "features-know-no-wire", severity: "error", from: { path: features }, to: { path: wire } },
    {
      name: "planes-are-strangers",
      severity: "error",
      from: { path: `${wire}([^/]+)/` },
      to: { path: wire, pathNot: `${wire}($1|shared)/` },
    },
    {
      name: "front-doors-only",
      severity: "error",
      from: { path: `${features}([^/]+)/` },
      to: { path: features + inside, pathNot: `${features}$1/` },
    },
    {
      name: "wire-uses-front-doors",
      severity: "error",
      from: { path: [wire, `${server}wiring`, `${server}installation/`, `${server}start-server`] },
      to: { path: features + inside },
    },
    {
      name: "sql-lives-in-stores",
      severity: "error",
      from: {
        path: server,
        pathNot: `(-store(\\.test)?\\.ts$|\\.test\\.ts$|${server}(db|testing)/|${server}start-server)`,
      },
      to: { path: "node_modules/(kysely|pg)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "platform-knows-nobody",
      severity: "error",
      from: { path: `${server}platform/` },
      to: { path: `${server}(features|wire|jobs|db|installation|wiring)` },
    },
    {
      name: "runner-never-opens-the-database",
      severity: "error",
      from: { path: "^packages/(runner|devcloud)/src/" },
      to: { path: "^packages/(server|cli)/|node_modules/(kysely|pg|better-sqlite3)" },
    },
    {
      name: "console-knows-only-the-api",
      severity: "error",
      from: { path: "^packages/console/src/" },
      to: { path: "^packages/(?!console/)", pathNot: `${wire}console/api-types\\.ts$` },
    },
    {
      name: "the-product-needs-no-tests",
      severity: "error",
      from: { path: "^packages/", pathNot: "(\\.test\\.tsx?$|/testing/)" },
      to: { path: "(\\.test\\.ts$|/testing/)" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.check.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^packages/[^/]+/dist/" },
    enhancedResolveOptions: {
      conditionNames: ["ingot-source", "import", "node", "default", "types"],
      exportsFields: ["exports"],
    },
  },
};
