import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { TfeFixture, type Answer } from "../../testing/tfe-fixture.ts";
import {
  callers,
  documentedAccess,
  organizationFlags,
  seersOfTheWorkspace,
  undocumented,
} from "./testing/documented-access.ts";
import { makeEveryResource, pathOf } from "./testing/every-resource.ts";
import { accessBody, nameOf, routeBodies } from "./testing/route-bodies.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { createTfePlane } from "./tfe-plane.ts";

const table = createTfePlane({} as TfeDeps).routes;
const routes = new Map(table.map((route) => [nameOf(route), route]));
const ofProjects = {
  settings: { "project-access": { settings: "update" } },
  teams: { "project-access": { teams: "manage" } },
  create: { "workspace-access": { create: true } },
  delete: { "workspace-access": { delete: true } },
};
const documented = documentedAccess.flatMap(({ routes: names, ...access }) =>
  names.map((name) => ({ name, ...access })),
);

describe("the documented access to the Terraform plane", () => {
  it("is about routes that are served, each once, and about callers that there are", () => {
    expect(documented.map(({ name }) => name).filter((name) => !routes.has(name))).toEqual([]);
    expect(new Set(documented.map(({ name }) => name)).size).toBe(documented.length);
    expect(documentedAccess.flatMap((access) => access.callers).filter((one) => !callers.includes(one))).toEqual([]);
  });

  it("says of each route who may use it, or that nothing is documented", () => {
    const known = new Set(documented.map(({ name }) => name));
    const rest = [...routes.keys()].filter((name) => !known.has(name));
    expect(rest.filter((name) => !undocumented.some((pattern) => pattern.test(name)))).toEqual([]);
  });
});

/** Where the common example would be about something else than what is asked here. */
const bodies: typeof routeBodies = {
  ...routeBodies,
  "POST /organizations/:organization/workspaces": (ids) => ({
    data: {
      type: "workspaces",
      attributes: { name: "matrix" },
      relationships: { project: { data: { type: "projects", id: ids["project_id"] } } },
    },
  }),
};

/** Refusals of what is as it is, whoever asks. */
const ofTheState = new Set(["not_available", "run_not_waiting", "locked_by_run"]);

// Who may do what does not depend on the database, and only here can one be made that takes nothing.
const [sqlite] = databasesUnderTest();

describe("the access matrix of the Terraform plane", () => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let ids: Record<string, string>;
  const tokens = new Map<string, string | null>([["nobody", null]]);

  beforeAll(async () => {
    if (sqlite === undefined) throw new Error("There is always SQLite.");
    database = await sqlite.create();
    server = await startTestServer(database, { config: { "outbound-allow": ["127.0.0.1"] } });
    tfe = new TfeFixture(server);
    ids = await makeEveryResource(tfe);
    await makeCallers();
    await refuseWrites();
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  /** Whoever is let in comes as far as the first write, and changes nothing for those who come after. */
  async function refuseWrites(): Promise<void> {
    const { rows } = await sql<{ name: string }>`
      select name from sqlite_master where type = 'table' and name not like 'audit%' and name not like 'sqlite%'`.execute(
      server.db,
    );
    for (const { name } of rows) {
      for (const act of ["insert", "update", "delete"]) {
        await sql
          .raw(
            `create trigger refuse_${act}_${name} before ${act} on ${name} begin select raise(abort, 'no writes'); end`,
          )
          .execute(server.db);
      }
    }
  }

  async function makeCallers(): Promise<void> {
    tokens.set("owner", await tfe.tokenOf("admin"));
    tokens.set("stranger", await tfe.strangerToken());
    const organization = `organizations/${tfe.organization}`;
    const asToken = { data: { type: "authentication-tokens", attributes: {} } };
    const made = async (path: string) => (await tfe.must("POST", path, asToken)).attributes.token as string;
    tokens.set("organization token", await made(`${organization}/authentication-token`));
    tokens.set("audit token", await made(`${organization}/authentication-token?token=audit-trails`));
    const agent = { data: { type: "agent-tokens", attributes: { description: "matrix" } } };
    const agentToken = await tfe.must("POST", `agent-pools/${ids["agent_pool_id"]}/authentication-tokens`, agent);
    tokens.set("agent token", agentToken.attributes.token);
    const running = await tfe.createWorkspace("matrix-running");
    await tfe.createRun(running.id);
    tokens.set("run token", (await tfe.mustClaim()).environment["INGOT_TOKEN"] ?? "");
    const elsewhere = await tfe.must("POST", `${organization}/projects`, {
      data: { type: "projects", attributes: { name: "elsewhere" } },
    });
    const walked = ["workspace_id", "state_workspace_id", "assessed_workspace_id", "source_id"].map(
      (name) => ids[name] ?? "",
    );
    // Whoever manages members sees the teams that are no secret.
    const shown = { data: { type: "teams", attributes: { visibility: "organization" } } };
    await tfe.must("PATCH", `teams/${ids["team_id"]}`, shown);
    for (const name of callers.filter((one) => !tokens.has(one))) {
      const team = await aTeam(name);
      const [scope, ...words] = name.split(" ");
      const level = words[0] ?? "";
      const [key, value = true] = words;
      if (name === "workspace admin elsewhere") await give("workspace", running.id, team, { access: "admin" });
      else if (name === "project admin elsewhere") await give("project", elsewhere.id, team, { access: "admin" });
      else if (scope === "workspace") for (const id of walked) await give("workspace", id, team, { access: level });
      else if (scope === "project") await give("project", ids["project_id"] ?? "", team, { access: level });
      else if (scope === "custom" && key !== "project") {
        const detail = key === undefined ? {} : { [key]: value };
        for (const id of walked) await give("workspace", id, team, { access: "custom", ...detail });
      } else if (scope === "custom") {
        const detail = ofProjects[words[1] as keyof typeof ofProjects] ?? {};
        await give("project", ids["project_id"] ?? "", team, { access: "custom", ...detail });
      }
    }
  }

  /** Makes a team and keeps its token under the caller's name. */
  async function aTeam(name: string): Promise<string> {
    const flag = organizationFlags.find((one) => name === `organization ${one}`);
    const access = flag === undefined ? {} : { "organization-access": { [flag]: true } };
    const team = await tfe.must("POST", `organizations/${tfe.organization}/teams`, {
      data: { type: "teams", attributes: { name: name.replaceAll(" ", "-"), ...access } },
    });
    const body = { data: { type: "authentication-tokens", attributes: {} } };
    tokens.set(name, (await tfe.must("POST", `teams/${team.id}/authentication-token`, body)).attributes.token);
    return team.id as string;
  }

  async function give(where: "workspace" | "project", id: string, team: string, attributes: object): Promise<void> {
    const { data } = accessBody(`team-${where}s`, { team_id: team, [`${where}_id`]: id });
    await tfe.must("POST", `team-${where}s`, { data: { ...data, attributes } });
  }

  const cases = documented.map((one) => [one.name, one.may, one] as const);
  it.each(cases)("%s is for whoever may %s", async (name, _may, { callers: allowed, ofWorkspace }) => {
    const route = routes.get(name);
    if (route === undefined) throw new Error("It is not served.");
    // States are kept by another workspace than the one with runs.
    const named = name.endsWith("/state-versions") ? { ...ids, workspace_id: ids["state_workspace_id"] ?? "" } : ids;
    const wrong: string[] = [];
    await Promise.all(
      callers.map(async (caller) => {
        const token = tokens.get(caller) ?? null;
        const answer = await tfe.api(route.method, pathOf(route, named), bodies[name]?.(named), { token });
        // Whoever has the permission nowhere, but sees something, is refused before anything is looked up.
        const isElsewhere = name.endsWith("/override") && caller.endsWith("elsewhere");
        const hidden = ofWorkspace === true && !seersOfTheWorkspace.includes(caller) && !isElsewhere;
        const expected = allowed.includes(caller)
          ? "let in"
          : caller === "nobody"
            ? "401"
            : hidden
              ? "404"
              : "kept out";
        if (!matches(answer, expected)) wrong.push(`${caller}: ${expected}, but ${answer.status} ${answer.text}`);
      }),
    );
    expect(wrong).toEqual([]);
  });

  function matches({ status, json }: Answer, expected: string): boolean {
    const isKeptOut = (status === 403 || status === 404) && !ofTheState.has(json?.errors[0].code as string);
    if (expected === "let in") return status !== 401 && !isKeptOut;
    return expected === "kept out" ? isKeptOut : status === Number(expected);
  }
});
