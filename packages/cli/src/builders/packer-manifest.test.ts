import { describe, expect, it } from "vitest";
import { parsePackerManifest } from "./packer-manifest.ts";

const build = {
  name: "base",
  builder_type: "amazon-ebs",
  build_time: 1_795_370_832,
  files: null,
  artifact_id: "us-east-1:ami-1",
  packer_run_uuid: "run-2",
  custom_data: null as Record<string, string> | null,
};
const parse = (...builds: Partial<typeof build>[]) =>
  parsePackerManifest(
    JSON.stringify({ builds: builds.map((given) => ({ ...build, ...given })), last_run_uuid: "run-2" }),
    "packer-manifest.json",
  );

describe("a packer manifest", () => {
  it.each([
    ["amazon-ebs", "us-east-1:ami-1,eu-west-1:ami-2", "aws", ["us-east-1 ami-1", "eu-west-1 ami-2"]],
    ["docker", "sha256:abc", "docker", ["docker sha256:abc"]],
    ["googlecompute", "golden-123", "gce", ["global golden-123"]],
    ["azure-arm", "/subscriptions/s/images/i", "azure", ["global /subscriptions/s/images/i"]],
    ["openstack", "6f1b", "openstack", ["global 6f1b"]],
    ["digitalocean", "nyc1,sfo3:12345", "DigitalOcean", ["nyc1 12345", "sfo3 12345"]],
    ["scaleway", "fr-par-1:abc", "scaleway", ["fr-par-1 abc"]],
    ["somebody-elses", "id-1", undefined, ["global id-1"]],
  ])("gives the artifacts of %s %s", (builder_type, artifact_id, platform, artifacts) => {
    const [image] = parse({ builder_type, artifact_id });
    expect(image?.component).toBe(`${builder_type}.base`);
    expect(image?.platform).toBe(platform);
    expect(image?.artifacts.map((a) => `${a.region} ${a.external_identifier}`)).toEqual(artifacts);
  });

  it("lets custom_data say what packer does not know; the rest of it becomes labels", () => {
    const [image] = parse({
      builder_type: "qemu",
      artifact_id: "VM",
      custom_data: {
        external_identifier: "pool/golden-1",
        region: "site-a",
        platform: "libvirt",
        source_external_identifier: "debian-12",
        kernel: "6.1",
      },
    });
    expect(image).toEqual({
      component: "qemu.base",
      platform: "libvirt",
      artifacts: [{ external_identifier: "pool/golden-1", region: "site-a" }],
      sourceExternalIdentifier: "debian-12",
      labels: { kernel: "6.1" },
    });
  });

  it("counts the last run only", () => {
    expect(parse({ packer_run_uuid: "run-1" }, { name: "app" }).map((image) => image.component)).toEqual([
      "amazon-ebs.app",
    ]);
  });

  it.each([
    ["null", "Null"],
    ["file", "File"],
    ["amazon-ebs", "nonsense"],
    ["docker", ""],
  ])("refuses %s with the artifact id %j, which identifies no image", (builder_type, artifact_id) => {
    expect(() => parse({ builder_type, artifact_id })).toThrow("which identifies no image. Set external_identifier");
  });

  it("is refused when it is something else", () => {
    expect(() => parsePackerManifest("[]", "packer-manifest.json")).toThrow("is not a packer manifest");
    expect(() => parsePackerManifest("", "packer-manifest.json")).toThrow("is not valid JSON");
  });
});
