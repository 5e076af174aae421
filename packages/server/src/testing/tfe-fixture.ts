import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { gzipSync } from "node:zlib";
import type { ClaimReply, CompleteRequest, RunnerJob } from "@ingot/runner/protocol";
import { pack, type Header } from "tar-stream";
import { createToken } from "../features/access/index.ts";
import { insertOrganization } from "../features/organizations/index.ts";
import { insertPrincipal } from "../features/principals/index.ts";
import { insertProject } from "../features/projects/index.ts";
import type { TestServer } from "./test-server.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: any;
}

/** One entry of a test archive: a file with a text, or any header. */
export type Entry = readonly [name: string, content: string] | (Partial<Header> & { readonly name: string });

/** A gzip-compressed tar archive. */
export async function archive(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack();
  for (const entry of entries) {
    if ("name" in entry) tar.entry(entry);
    else tar.entry({ name: entry[0] }, entry[1]);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

export function md5(bytes: string | Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** A version 4 state. */
export function aState(serial: number, more: Record<string, unknown> = {}): Buffer {
  return Buffer.from(
    JSON.stringify({
      version: 4,
      terraform_version: "1.6.2",
      serial,
      lineage: "lineage-1",
      outputs: {},
      resources: [],
      ...more,
    }),
  );
}

/** What `show -json` prints for a plan that touches no resource. */
export const emptyPlan = {
  format_version: "1.2",
  terraform_version: "1.6.2",
  planned_values: {},
  resource_changes: [],
};

/** Speaks to a test server as a command line and as a runner would. */
export class TfeFixture {
  readonly server: TestServer;
  readonly organization: string;
  #runnerToken: Promise<string> | undefined;

  constructor(server: TestServer) {
    this.server = server;
    this.organization = server.bootstrap.organization.name;
  }

  /** A call of the Terraform plane; `path` is relative to `/api/v2/`. */
  async api(
    method: string,
    path: string,
    body?: unknown,
    options: { readonly token?: string | null; readonly headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const token = options.token === undefined ? this.server.bootstrap.admin.token : options.token;
    return this.server.fetch(`/api/v2/${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/vnd.api+json" }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  /** A call that must succeed; returns `data`. */
  async must(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.api(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json?.data;
  }

  async put(url: string, body: Buffer | string): Promise<Answer> {
    return this.server.fetch(url, {
      method: "PUT",
      body: typeof body === "string" ? Buffer.from(body) : body,
      headers: { "content-type": "application/octet-stream" },
    });
  }

  async get(url: string): Promise<Answer> {
    return this.server.fetch(url);
  }

  /** As {@link get}, for what is not text. */
  async getBytes(url: string): Promise<Buffer> {
    return this.#apart(url, "GET");
  }

  /** A claim on a connection of its own, which outlives the closing of the test's client. */
  async claimApart(
    body: unknown,
    token?: string,
  ): Promise<{
    /** Resolves once the server has the request. */
    readonly received: Promise<void>;
    readonly answer: Promise<unknown>;
  }> {
    const headers = {
      authorization: `Bearer ${token ?? (await this.runnerToken())}`,
      "content-type": "application/json",
      expect: "100-continue",
    };
    const url = `${this.server.url}/api/runner/v1/jobs/claim`;
    let resolveReceived = (): void => {};
    const received = new Promise<void>((resolve) => {
      resolveReceived = resolve;
    });
    const answer = this.#apart(url, "POST", headers, JSON.stringify(body), resolveReceived);
    return { received, answer: answer.then((bytes) => JSON.parse(bytes.toString()) as unknown) };
  }

  async #apart(
    url: string,
    method: string,
    headers: Record<string, string> = {},
    body = "",
    onContinue: () => void = () => {},
  ): Promise<Buffer> {
    const ca = this.server.caFile === undefined ? "" : await readFile(this.server.caFile, "utf8");
    return new Promise((resolve, reject) => {
      request(url, { ca, method, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () => resolve(Buffer.concat(chunks)));
        answer.on("error", reject);
      })
        .on("continue", onContinue)
        .on("error", reject)
        .end(body);
    });
  }

  async createWorkspace(name: string, attributes: Record<string, unknown> = {}): Promise<any> {
    return this.must("POST", `organizations/${this.organization}/workspaces`, {
      data: { type: "workspaces", attributes: { name, ...attributes } },
    });
  }

  /** A configuration version that is uploaded. */
  async upload(workspaceId: string, attributes: Record<string, unknown> = {}): Promise<any> {
    const version = await this.must("POST", `workspaces/${workspaceId}/configuration-versions`, {
      data: { type: "configuration-versions", attributes: { "auto-queue-runs": false, ...attributes } },
    });
    const put = await this.put(version.attributes["upload-url"], await archive([["main.tf", "# empty"]]));
    if (put.status !== 200) throw new Error(put.text);
    return version;
  }

  async createRun(
    workspaceId: string,
    attributes: Record<string, unknown> = {},
    configurationVersionId?: string,
  ): Promise<any> {
    const id = configurationVersionId ?? (await this.upload(workspaceId)).id;
    return this.must("POST", "runs", runBody(workspaceId, attributes, id));
  }

  async run(id: string): Promise<any> {
    return this.must("GET", `runs/${id}`);
  }

  async status(runId: string): Promise<string> {
    return (await this.run(runId)).attributes.status;
  }

  async plan(run: any): Promise<any> {
    return this.must("GET", `plans/${run.relationships.plan.data.id}`);
  }

  async apply(run: any): Promise<any> {
    return this.must("GET", `applies/${run.relationships.apply.data.id}`);
  }

  /** The framed log of a plan or apply. With a limit it is followed, as by the command lines: held until there is something. */
  async log(phase: any, offset = 0, limit?: number): Promise<string> {
    const query = limit === undefined ? `offset=${offset}` : `limit=${limit}&offset=${offset}`;
    return (await this.get(`${phase.attributes["log-read-url"]}?${query}`)).text;
  }

  /** Stores a state as a command line does in local execution; returns its version and its first output. */
  async storeState(workspaceId: string, state: Buffer): Promise<[version: any, output: any]> {
    await this.must("POST", `workspaces/${workspaceId}/actions/lock`, {});
    const version = await this.must("POST", `workspaces/${workspaceId}/state-versions`, stateBody(state));
    await this.put(version.attributes["hosted-state-upload-url"], state);
    await this.must("POST", `workspaces/${workspaceId}/actions/unlock`);
    const outputs = await this.must("GET", `workspaces/${workspaceId}/current-state-version-outputs`);
    return [version, outputs[0]];
  }

  /** One token for all: making another would end the first. */
  runnerToken(): Promise<string> {
    this.#runnerToken ??= this.server.createLocalRunnerToken();
    return this.#runnerToken;
  }

  /** A call of the runner plane. */
  async runner(path: string, body: unknown, token?: string): Promise<Answer> {
    return this.server.fetch(`/api/runner/v1${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token ?? (await this.runnerToken())}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
  }

  /** The next job, or null. */
  async claim(
    engines: { name: string; version: string }[] = [{ name: "tofu", version: "1.6.2" }],
  ): Promise<RunnerJob | null> {
    const answer = await this.runner("/jobs/claim", { runner: "test runner", engines, wait_seconds: 0 });
    if (answer.status !== 200) throw new Error(answer.text);
    return (answer.json as ClaimReply).job;
  }

  /** The next job of a runner that can assess. */
  async claimAssessment(): Promise<RunnerJob> {
    const engines = [{ name: "tofu", version: "1.6.2" }];
    const phases = ["plan", "apply", "assess"];
    const answer = await this.runner("/jobs/claim", { runner: "assessor", engines, wait_seconds: 0, phases });
    const { job } = answer.json as ClaimReply;
    if (job?.phase !== "assess") throw new Error("There is no assessment to claim.");
    return job;
  }

  async mustClaim(): Promise<RunnerJob> {
    const job = await this.claim();
    if (job === null) throw new Error("There is no job to claim.");
    return job;
  }

  async lease(job: RunnerJob): Promise<Answer> {
    return this.runner(`/jobs/${job.id}/lease`, { fence: job.fence });
  }

  async complete(job: RunnerJob, report: Partial<CompleteRequest> = {}): Promise<Answer> {
    return this.runner(`/jobs/${job.id}/complete`, {
      fence: job.fence,
      outcome: "finished",
      engine: { name: "tofu", version: "1.6.2" },
      ...report,
    });
  }

  /** Does a plan phase as a runner would: log, plan file, plan JSON, report. */
  async finishPlan(
    job: RunnerJob,
    options: { readonly hasChanges?: boolean; readonly planJson?: unknown } = {},
  ): Promise<Answer> {
    await this.put(`${job.urls.log}?offset=0`, "Plan: 1 to add\n");
    await this.put(job.urls.plan_file, "opaque plan");
    await this.put(job.urls.plan_json, JSON.stringify(options.planJson ?? emptyPlan));
    return this.complete(job, {
      has_changes: options.hasChanges ?? true,
      counts: { additions: 1, changes: 0, destructions: 0, imports: 0 },
    });
  }

  /** A run that waits for a person. */
  async plannedRun(workspaceId: string, attributes: Record<string, unknown> = {}): Promise<any> {
    const run = await this.createRun(workspaceId, attributes);
    const done = await this.finishPlan(await this.mustClaim());
    if (done.status !== 200) throw new Error(done.text);
    return this.run(run.id);
  }

  /** A run that a runner applies. */
  async applyingRun(workspaceId: string): Promise<{ readonly run: any; readonly job: RunnerJob }> {
    const run = await this.plannedRun(workspaceId);
    await this.must("POST", `runs/${run.id}/actions/apply`, {});
    return { run, job: await this.mustClaim() };
  }

  /** The token of an administrator of another organization: what belongs to the first must look missing to it. */
  async strangerToken(): Promise<string> {
    const { db } = this.server;
    const organization = await insertOrganization(db, `stranger-${Math.random().toString(36).slice(2, 8)}`, 0);
    await insertProject(db, { organizationId: organization.id, name: "default" }, 0);
    const admin = await insertPrincipal(
      db,
      { kind: "user", organizationId: organization.id, projectId: null, name: organization.name, role: "admin" },
      0,
    );
    return createToken(
      db,
      { organizationId: organization.id, projectId: null, principalId: admin.id, name: "test", expiresAt: null },
      0,
    );
  }

  /** The token of a runner of another organization. */
  async runnerTokenOf(organizationName: string): Promise<string> {
    const { db } = this.server;
    const organization = await insertOrganization(db, organizationName, 0);
    const runner = await insertPrincipal(
      db,
      { kind: "runner", organizationId: organization.id, projectId: null, name: "foreign" },
      0,
    );
    return createToken(
      db,
      { organizationId: organization.id, projectId: null, principalId: runner.id, name: "test", expiresAt: null },
      0,
    );
  }

  /** The token of a person with this role in the server's organization. */
  async tokenOf(role: "viewer" | "contributor" | "admin"): Promise<string> {
    const { db, organizationId } = this.server;
    const name = `${role}-${Math.random().toString(36).slice(2, 8)}`;
    const person = await insertPrincipal(db, { kind: "user", organizationId, projectId: null, name, role }, 0);
    return createToken(
      db,
      { organizationId, projectId: null, principalId: person.id, name: "test", expiresAt: null },
      0,
    );
  }
}

export function runBody(
  workspaceId: string,
  attributes: Record<string, unknown>,
  configurationVersionId?: string,
): unknown {
  return {
    data: {
      type: "runs",
      attributes,
      relationships: {
        workspace: { data: { type: "workspaces", id: workspaceId } },
        ...(configurationVersionId === undefined
          ? {}
          : { "configuration-version": { data: { type: "configuration-versions", id: configurationVersionId } } }),
      },
    },
  };
}

/** Announces a state. `more` replaces attributes. */
export function stateBody(state: Buffer, more: Record<string, unknown> = {}): unknown {
  const { serial, lineage } = JSON.parse(state.toString()) as { serial: number; lineage: string };
  return {
    data: { type: "state-versions", attributes: { serial, lineage, md5: md5(state), force: false, ...more } },
  };
}
