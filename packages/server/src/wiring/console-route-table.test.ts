import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { permissions, roleMay, type Permission } from "../features/access/index.ts";
import { databasesUnderTest } from "../testing/index.ts";
import { TfeFixture } from "../testing/tfe-fixture.ts";
import { startRegistry, type RegistryUnderTest } from "../wire/hcp-packer/testing/registry-under-test.ts";

interface Operation {
  readonly method: string;
  readonly path: string;
  /** Undefined: whoever has any credential, or none. */
  readonly permission: Permission | "authenticated" | undefined;
  readonly isPublic: boolean;
  readonly hasBody: boolean;
}

function isPermission(needs: Operation["permission"]): needs is Permission {
  return needs !== undefined && needs !== "authenticated";
}

describe.each(databasesUnderTest())("every route below /api/v1, on $name,", (kind) => {
  let registry: RegistryUnderTest;
  let operations: Operation[];
  let ids: Record<string, string>;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    const { json } = await registry.server.fetch("/api/v1/openapi.json");
    operations = Object.entries(json.paths as Record<string, Record<string, any>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        permission: operation["x-permission"] as Operation["permission"],
        isPublic: Array.isArray(operation.security) && operation.security.length === 0,
        hasBody: operation.requestBody !== undefined,
      })),
    );
    const tfe = new TfeFixture(registry.server);
    const workspace = await tfe.createWorkspace("walked");
    const run = await tfe.createRun(workspace.id);
    ids = { workspace_id: workspace.id, run_id: run.id, phase: "plan" };
  });
  afterAll(() => registry.close());

  const call = (operation: Operation, token: string | null) => {
    const path = operation.path.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => ids[name] ?? "nothing-of-this-name");
    return registry.server.fetch(`/api/v1${path}`, {
      method: operation.method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(operation.hasBody ? { "content-type": "application/json" } : {}),
      },
      ...(operation.hasBody ? { body: "{}" } : {}),
    });
  };

  it("names a permission that exists, or is for whoever is somebody, or asks who that is", () => {
    expect(operations.length).toBeGreaterThan(30);
    expect(operations.filter((one) => one.isPublic).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /session",
      "GET /session",
      "DELETE /session",
      "POST /invitations/open",
      "POST /invitations/join",
    ]);
    for (const { path, permission, isPublic } of operations) {
      if (!isPublic) expect([...permissions, "authenticated"], path).toContain(permission);
    }
  });

  it("is refused without a credential, before anything else is looked at", async () => {
    for (const operation of operations) {
      if (operation.isPublic) continue;
      const answer = await call(operation, null);
      expect([operation.path, answer.status]).toEqual([operation.path, 401]);
      expect(answer.json).toMatchObject({ error: expect.any(String), message: expect.any(String) });
    }
  });

  it("is refused to a viewer where a viewer has no such permission", async () => {
    let refused = 0;
    for (const operation of operations) {
      if (!isPermission(operation.permission) || roleMay("viewer", operation.permission)) continue;
      const answer = await call(operation, registry.tokens.viewer);
      expect([operation.path, answer.status, answer.json.error]).toEqual([operation.path, 403, "role_too_low"]);
      refused++;
    }
    expect(refused).toBeGreaterThan(3);
  });

  it.each(["foreign", "elsewhere"] as const)("answers %s as if nothing of ours were there", async (who) => {
    let walked = 0;
    for (const operation of operations) {
      if (!operation.path.includes("{")) continue;
      if (who === "elsewhere" && isPermission(operation.permission) && !roleMay("contributor", operation.permission)) {
        continue;
      }
      const answer = await call(operation, registry.tokens[who]);
      // A body that is not valid is refused before anything is looked up, for everybody alike.
      const expected = operation.hasBody ? [404, 422] : [404];
      expect(expected, `${operation.method} ${operation.path} answered ${answer.status}`).toContain(answer.status);
      expect(answer.text).not.toContain("walked");
      walked++;
    }
    expect(walked).toBeGreaterThan(10);
  });

  it("that lists shows another organization, or another project, nothing of ours", async () => {
    for (const operation of operations) {
      if (operation.method !== "GET" || operation.path.includes("{") || operation.path.endsWith("/stream")) continue;
      // It tells a caller of the calls above, with what that caller has typed; audit.test.ts holds what it hides.
      if (operation.path === "/audit-records") continue;
      for (const token of [registry.tokens.foreign, registry.tokens.elsewhere]) {
        const answer = await call(operation, token);
        expect(answer.text, operation.path).not.toContain("walked");
        expect(answer.text, operation.path).not.toContain(ids["workspace_id"]);
      }
    }
  });
});
