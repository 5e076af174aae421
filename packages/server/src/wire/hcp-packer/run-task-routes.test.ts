import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("the set-up of the run task on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
  });
  afterAll(() => registry.close());

  const asAdmin = () => ({ as: registry.tokens.admin });

  it("shows administrators an address of the registry and a key that stays until it is made anew", async () => {
    const task = await registry.expect("GET", "/runtasks/validation", asAdmin());
    expect(task.api_url).toMatch(new RegExp(`^${registry.server.url}/packer/run-tasks/[0-9A-Z]{26}/validation$`));
    expect(await registry.expect("GET", "/runtasks/validation", asAdmin())).toEqual(task);
    const { hmac_key: fresh } = await registry.expect("PATCH", "/runtasks/hmac", { ...asAdmin(), body: {} });
    expect(fresh).not.toBe(task.hmac_key);
    expect(await registry.expect("GET", "/runtasks/validation", asAdmin())).toEqual({ ...task, hmac_key: fresh });
    const other = await registry.expect("GET", `${registry.otherProject}/runtasks/validation`, asAdmin());
    expect(other.api_url).not.toBe(task.api_url);
    expect(other.hmac_key).not.toBe(fresh);
    const [row] = await registry.server.db
      .selectFrom("run_tasks")
      .selectAll()
      .where("project_id", "=", registry.ids.projectId)
      .execute();
    expect(JSON.stringify(row)).not.toContain(fresh);
  });

  it("has one type of run task", async () => {
    expect(await registry.call("GET", "/runtasks/other", asAdmin())).toMatchObject({ status: 404, json: { code: 5 } });
  });

  it("says what becomes of an image that nobody knows, and the registry says so without the key", async () => {
    const { hmac_key: key } = await registry.expect("GET", "/runtasks/validation", asAdmin());
    expect(await registry.expect("GET", "/runtasks/config")).toEqual({ on_untracked_image: "UNSET" });
    const body = { on_untracked_image: "FAIL" };
    expect(await registry.expect("PATCH", "/runtasks/config", { ...asAdmin(), body })).toEqual(body);
    const answer = await registry.call("GET", "/registry", { as: registry.tokens.viewer });
    expect(answer.json.registry.config.tfc_run_task_config).toEqual({
      api_id: expect.stringMatching(/^[0-9A-Z]{26}$/) as string,
      on_untracked_image: "FAIL",
    });
    expect(JSON.stringify(answer.json)).not.toContain(key);
    const wrong = { on_untracked_image: "BLOCK" };
    expect(await registry.call("PATCH", "/runtasks/config", { ...asAdmin(), body: wrong })).toMatchObject({
      status: 400,
      json: { code: 3 },
    });
  });
});
