import { findActorByToken, may } from "../../features/access/index.ts";
import { getRun, type Run } from "../../features/runs/index.ts";
import { findWorkspace } from "../../features/workspaces/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { bearerToken } from "../shared/bearer.ts";
import type { Call, Plane, Reply, Route } from "../shared/plane.ts";
import { param } from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { presentTfeError } from "./tfe-errors.ts";

/**
 * The pages that the command line links to, until the console serves them. Without a bearer a page says only what its
 * address says, and how to ask: whether a run exists is nobody's business.
 */
export function createPagesPlane(deps: TfeDeps): Plane {
  const runPage = (path: string): Route => ({
    method: "GET",
    path,
    needs: "public",
    audit: "page.run",
    handle: async (call) => {
      const token = bearerToken(call.request);
      const actor = token === undefined ? undefined : await findActorByToken(deps.db, token, deps.now());
      if (actor === undefined || !may(actor, "run:read")) return page(200, "Run", howToAsk(deps, call));
      const run = await getRun(deps.db, actor, param(call, "run"));
      const workspace = await findWorkspace(deps.db, run.workspaceId);
      return page(200, `Run ${run.id}`, describeRun(run, workspace?.name ?? ""));
    },
  });
  return {
    name: "tfe-pages",
    prefixes: ["/app"],
    routes: [
      {
        method: "GET",
        path: "/",
        needs: "public",
        audit: "page.start",
        handle: async () => page(200, "Ingot", startHelp()),
      },
      {
        method: "GET",
        path: "/settings/tokens",
        needs: "public",
        audit: "page.tokens",
        handle: async () => page(200, "Where tokens come from", tokenHelp(deps)),
      },
      runPage("/:organization/workspaces/:workspace/runs/:run"),
      runPage("/:organization/:workspace/runs/:run"),
    ],
    contentType: "application/vnd.api+json",
    jsonTypes: [],
    authenticate: async () => undefined,
    presentError: presentTfeError,
    unknownPath: () => new DomainError("not_found", "unknown_path", "There is no such page."),
  };
}

function describeRun(run: Run, workspace: string): string {
  const rows: [string, string][] = [
    ["Workspace", workspace],
    ["Status", run.status.replaceAll("_", " ")],
    ["Message", run.message],
    ["Created", `${toRfc3339(run.createdAt)} by ${run.createdByName}`],
    ["Kind", run.planOnly ? "plan only" : run.isDestroy ? "destroy" : "plan and apply"],
    ...(run.confirmedByName === null ? [] : ([["Confirmed by", run.confirmedByName]] as [string, string][])),
    ...(run.canceledByName === null ? [] : ([["Canceled by", run.canceledByName]] as [string, string][])),
    ...(run.errorMessage === null ? [] : ([["Error", run.errorMessage]] as [string, string][])),
  ];
  return `<dl>${rows.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join("")}</dl>`;
}

function howToAsk(deps: TfeDeps, call: Call): string {
  const url = `${deps.publicUrl()}/api/v2/runs/${encodeURIComponent(param(call, "run"))}`;
  return `<p>This address names a run of the workspace <b>${escape(param(call, "workspace"))}</b> in the organization
<b>${escape(param(call, "organization"))}</b>. Ask for it with a token that may see it:</p>
<pre>curl --header "Authorization: Bearer $TOKEN" ${escape(url)}</pre>`;
}

function startHelp(): string {
  return `<p>A control plane for golden images: an image registry for Packer, and runs for Terraform and OpenTofu.
It is used through <code>packer</code>, <code>terraform</code>, <code>tofu</code> and <code>ingot</code>.</p>
<p>On the machine of the server, <code>ingot env</code> prints everything that points them here. Then</p>
<pre>ingot where             which resource in which workspace runs which image
ingot promote BUCKET VERSION CHANNEL
ingot revoke --reason TEXT BUCKET VERSION</pre>
<p><a href="/app/settings/tokens">Where tokens come from</a></p>`;
}

function tokenHelp(deps: TfeDeps): string {
  return `<p>The first start of this server wrote the administrator's token into the bootstrap file, by default
<code>bootstrap.json</code> in its data directory: <code>admin.token</code>. On that machine,
<code>ingot env</code> prints everything that points <code>packer</code>, <code>terraform</code> and <code>tofu</code> here.</p>
<p>Paste the token into <code>terraform login</code>, or put it into the CLI configuration:</p>
<pre>credentials "${escape(new URL(deps.publicUrl()).host)}" {
  token = "…"
}</pre>`;
}

function page(status: number, title: string, content: string): Reply {
  return {
    status,
    contentType: "text/html; charset=utf-8",
    headers: { "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'", "x-frame-options": "DENY" },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)} - Ingot</title>
<style>body{font:16px/1.5 system-ui;margin:3rem auto;max-width:44rem;padding:0 1rem}dt{font-weight:600}pre{overflow:auto}</style>
</head><body><h1>${escape(title)}</h1>
${content}
</body></html>
`,
  };
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
