import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installProvider, listMachines, updateMachine, type Machine } from "@ingot/devcloud";
import { zipOf } from "../packages/server/src/wire/hcp-packer/testing/scanned-images.ts";
import { cycloneDxOf, uploadOf } from "../packages/server/src/wire/hcp-packer/testing/sbom-documents.ts";
import { IngotProcess } from "./ingot-process.ts";

/** An Ingot with a registry of two images and a workspace of two machines, run by the embedded engine over devcloud. */
export interface ConsoleWorld {
  readonly ingot: IngotProcess;
  readonly token: string;
  readonly workspaceId: string;
  /** Publishes the next version of golden-base and of golden-app on top of it, and moves their channels when asked. */
  publish(release: number, options?: { readonly promote: boolean }): Promise<void>;
  /** Imports advisories of one ecosystem, as OSV writes them, and waits until they are read. */
  importAdvisories(documents: readonly object[]): Promise<void>;
  machines(): Promise<Machine[]>;
  changeMachine(name: string, patch: Parameters<typeof updateMachine>[2]): Promise<void>;
  close(): Promise<void>;
}

export const workspaceName = "machines";

const configuration = `
terraform {
  required_providers {
    devcloud = { source = "ingot.local/ingot/devcloud" }
  }
}
variable "ingot_url" { type = string }
data "terraform_remote_state" "image" {
  backend = "http"
  config  = { address = "\${var.ingot_url}/consume/v1/ingot/default/buckets/golden-app/channels/production/state" }
}
resource "devcloud_machine" "web" {
  count = 2
  name  = "web-\${count.index + 1}"
  image = data.terraform_remote_state.image.outputs.artifacts["oci.local"]
  size  = "small"
}
check "machines_run" {
  assert {
    condition     = alltrue([for machine in devcloud_machine.web : machine.status == "running"])
    error_message = "A machine does not run."
  }
}
`;

export async function startConsoleWorld(): Promise<ConsoleWorld> {
  const directory = await mkdtemp(join(tmpdir(), "ingot-console-e2e-"));
  const cloud = join(directory, "cloud");
  await mkdir(cloud);
  await installProvider({ mirrorDir: join(directory, "providers") });
  const receivers = "127.0.0.1";
  const flags = ["--provider-mirror", join(directory, "providers"), "--outbound-allow", receivers];
  const ingot = await IngotProcess.start(["--log-level", "warn", ...flags]);
  const { organization, project, admin } = await ingot.bootstrap();
  const registry = `/packer/2023-01-01/organizations/${organization.id}/projects/${project.id}`;

  async function call(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await ingot.request(method, registry + path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.json)}`);
    return answer.json;
  }

  async function publishVersion(bucket: string, fingerprint: string, build: object): Promise<string> {
    const version = `/buckets/${bucket}/versions/${fingerprint}`;
    await call("POST", `/buckets/${bucket}/versions`, { fingerprint, template_type: "HCL2" });
    const started = await call("POST", `${version}/builds`, { component_type: "oci.local", status: "BUILD_RUNNING" });
    const sboms = `${version}/builds/${started.build.id}/sboms`;
    const openssl = { name: "openssl", version: "3.0.11", purl: "pkg:deb/debian/openssl@3.0.11" };
    const lodash = { name: "lodash", version: "4.17.20", purl: "pkg:npm/lodash@4.17.20" };
    const image = cycloneDxOf([openssl, lodash, { name: "zlib1g", version: "1.2.13" }]);
    await call("PUT", sboms, uploadOf(image, { name: "image" }));
    await call("PUT", sboms, uploadOf("{}", { name: "something-else" }));
    await call("PATCH", `${version}/builds/${started.build.id}`, { status: "BUILD_DONE", platform: "oci", ...build });
    return (await call("GET", version)).version.id as string;
  }

  async function promote(bucket: string, fingerprint: string): Promise<void> {
    await call("PATCH", `/buckets/${bucket}/channels/production`, {
      version_fingerprint: fingerprint,
      update_mask: "versionFingerprint",
    });
  }

  for (const name of ["golden-base", "golden-app"]) {
    await call("PUT", "/buckets", { name });
    await call("POST", `/buckets/${name}/channels`, { name: "production" });
  }
  const workspace = await ingot.must("POST", "organizations/ingot/workspaces", {
    data: { type: "workspaces", attributes: { name: workspaceName } },
  });
  await ingot.must("POST", `workspaces/${workspace.id}/vars`, {
    data: { type: "vars", attributes: { key: "DEVCLOUD_ROOT", value: cloud, category: "env" } },
  });

  const world: ConsoleWorld = {
    ingot,
    token: admin.token,
    workspaceId: workspace.id as string,
    async publish(release, { promote: promotes } = { promote: true }) {
      const base = await publishVersion("golden-base", `base-${release}`, {
        artifacts: [{ external_identifier: `sha256:base-${release}`, region: "local" }],
      });
      await publishVersion("golden-app", `app-${release}`, {
        artifacts: [{ external_identifier: `sha256:app-${release}`, region: "local" }],
        parent_version_id: base,
        labels: { team: "web" },
      });
      if (!promotes) return;
      await promote("golden-base", `base-${release}`);
      await promote("golden-app", `app-${release}`);
    },
    async importAdvisories(documents) {
      const path = "/api/v1/advisories/imports";
      const sent = await ingot.request("POST", path, await zipOf(documents), "application/zip");
      if (sent.status !== 202) throw new Error(`${path}: ${sent.status} ${JSON.stringify(sent.json)}`);
      await ingot.until(
        "the advisories are read",
        30,
        async () => (await ingot.request("GET", `${path}/${sent.json.import.id}`)).json.import.status as string,
        (state) => state === "done",
      );
    },
    machines: () => listMachines(cloud),
    async changeMachine(name, patch) {
      const machine = (await listMachines(cloud)).find((one) => one.name === name);
      if (machine === undefined) throw new Error(`There is no machine ${name}.`);
      await updateMachine(cloud, machine.id, patch);
    },
    async close() {
      await ingot.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await world.publish(1);
  const run = await ingot.run(workspace.id as string, configuration);
  await ingot.until(
    "the first run",
    120,
    () => ingot.status(run),
    (status) => {
      if (status === "errored") throw new Error("the first run failed");
      return status === "applied";
    },
  );
  return world;
}
