import { engineId, engineKnownMs, listEngines, parseEngineId, type KnownEngine } from "../../features/engines/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import { opaVersion } from "../../platform/rego/index.ts";
import type { Route } from "../shared/plane.ts";
import { checkInstallation } from "./installation-door.ts";
import { document, pageDocument, pageOf, param, queryText, resourceBody, type Resource } from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";

interface Asked {
  readonly version?: string;
  readonly versionContains?: string;
}

/** One kind of tool that runs need, as site administrators see it. */
interface Tool {
  /** In paths and as JSON:API type. */
  readonly type: "terraform-versions" | "opa-versions" | "sentinel-versions";
  readonly audit: string;
  readonly list: (asked: Asked, page: Page) => Promise<Paged<Resource>>;
  readonly find: (id: string) => Promise<Resource | undefined>;
  /** Why none can be made, changed or deleted, and what to do. */
  readonly fixed: string;
}

/**
 * The tools of this server as they are: engines that its runners have, the one OPA that it is built with, and no Sentinel.
 * They are read; the operator changes them where they are installed. Source of the shape: go-tfe, admin_terraform_version.go.
 */
export function toolVersionRoutes(deps: TfeDeps): Route[] {
  return [engines(deps), opa, sentinel].flatMap((tool) => routesOf(deps, tool));
}

function routesOf(deps: TfeDeps, tool: Tool): Route[] {
  const path = `/admin/${tool.type}`;
  const refuse = (method: "POST" | "PATCH" | "DELETE", at: string, verb: string): Route => ({
    method,
    path: at,
    needs: "installation:manage",
    audit: `${tool.audit}.${verb}`,
    ...(method === "DELETE" ? {} : { body: resourceBody(tool.type, {}) }),
    handle: async (call) => {
      await checkInstallation(deps, call);
      throw new DomainError("invalid", "tool_version_fixed", tool.fixed);
    },
  });
  return [
    {
      method: "GET",
      path,
      needs: "installation:manage",
      audit: `${tool.audit}.list`,
      handle: async (call) => {
        await checkInstallation(deps, call);
        const page = pageOf(call);
        const [version, versionContains] = [queryText(call, "filter[version]"), queryText(call, "search[version]")];
        const asked = {
          ...(version === undefined || version === "" ? {} : { version }),
          ...(versionContains === undefined || versionContains === "" ? {} : { versionContains }),
        };
        return pageDocument(page, await tool.list(asked, page), (one) => one);
      },
    },
    {
      method: "GET",
      path: `${path}/:tool_version_id`,
      needs: "installation:manage",
      audit: `${tool.audit}.read`,
      handle: async (call) => {
        await checkInstallation(deps, call);
        const found = await tool.find(param(call, "tool_version_id"));
        if (found !== undefined) return document(found);
        throw new DomainError("not_found", "not_found", "There is nothing by this id, or you may not see it.");
      },
    },
    refuse("POST", path, "create"),
    refuse("PATCH", `${path}/:tool_version_id`, "update"),
    refuse("DELETE", `${path}/:tool_version_id`, "delete"),
  ];
}

function engines(deps: TfeDeps): Tool {
  const seenSince = (): number => deps.now() - engineKnownMs;
  return {
    type: "terraform-versions",
    audit: "engine",
    list: async (asked, page) => {
      const { items, total } = await listEngines(deps.db, { seenSince: seenSince(), ...asked }, page);
      return { items: items.map(presentEngine), total };
    },
    find: async (id) => {
      const named = parseEngineId(id);
      if (named === undefined) return undefined;
      const { items } = await listEngines(deps.db, { seenSince: seenSince(), ...named }, { number: 1, size: 1 });
      return items[0] && presentEngine(items[0]);
    },
    fixed:
      "Engines are what the runners have, and are not managed here. Put the engine on a runner's PATH or into its engines directory and start the runner again, or let runners download what workspaces ask for with download-engines.",
  };
}

/** OpenTofu is listed too, with its own numbers: `engine` tells the two apart. */
function presentEngine(known: KnownEngine): Resource {
  const attributes = {
    engine: known.engine,
    usage: known.workspaces,
    "created-at": toRfc3339(known.firstSeenAt),
  };
  return presentTool("terraform-versions", engineId(known), known.version, attributes);
}

/** Where a tool came from is not known, only that it is there. */
function presentTool(type: Tool["type"], id: string, version: string, more: Record<string, unknown>): Resource {
  return {
    id,
    type,
    attributes: {
      version,
      url: null,
      sha: null,
      archs: [],
      official: !version.includes("-"),
      beta: version.includes("-"),
      enabled: true,
      deprecated: false,
      "deprecated-reason": null,
      ...more,
    },
  };
}

const builtIn = presentTool("opa-versions", `opa-${opaVersion}`, opaVersion, {});

const opa: Tool = {
  type: "opa-versions",
  audit: "opa-version",
  list: async ({ version = opaVersion, versionContains = "" }, page) => {
    const isMeant = version === opaVersion && opaVersion.includes(versionContains);
    return { items: isMeant && page.number === 1 ? [builtIn] : [], total: isMeant ? 1 : 0 };
  },
  find: async (id) => (id === builtIn.id ? builtIn : undefined),
  fixed: `This server evaluates policies with the OPA ${opaVersion} that it is built with, and with no other.`,
};

const sentinel: Tool = {
  type: "sentinel-versions",
  audit: "sentinel-version",
  list: async () => ({ items: [], total: 0 }),
  find: async () => undefined,
  fixed:
    "This server does not evaluate Sentinel, so that no version of it can be had. Write the policies for OPA, which is built in.",
};
