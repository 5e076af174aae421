import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { renderCliConfig } from "./cli-config.ts";

it("takes from the mirror what it has, and everything else from its origin", async () => {
  const mirror = await mkdtemp(join(tmpdir(), "ingot-mirror-"));
  await mkdir(join(mirror, "registry.opentofu.org/hashicorp/aws/5.0.0"), { recursive: true });
  await mkdir(join(mirror, "ingot.local/ingot/devcloud"), { recursive: true });
  const text = await renderCliConfig({ providerMirror: mirror, pluginCacheDir: "/cache" });
  await rm(mirror, { recursive: true });
  const providers = '["ingot.local/*/*","registry.opentofu.org/hashicorp/aws"]';
  expect(text).toBe(`disable_checkpoint = true
plugin_cache_dir = "/cache"
provider_installation {
  filesystem_mirror {
    path    = "${mirror}"
    include = ${providers}
  }
  direct {
    exclude = ${providers}
  }
}
`);
});

it("leaves the installation of providers to the engine when there is no mirror", async () => {
  expect(await renderCliConfig({ providerMirror: undefined, pluginCacheDir: undefined })).toBe(
    "disable_checkpoint = true\n",
  );
});

it("takes from a network mirror what the directory does not have, and nothing from its origin", async () => {
  const text = await renderCliConfig({
    providerMirror: undefined,
    networkMirror: "https://mirror.example/providers/",
    pluginCacheDir: undefined,
  });
  expect(text).toContain(`  network_mirror {
    url = "https://mirror.example/providers/"
  }`);
  expect(text).not.toContain("direct");
});

it("takes nothing from its origin when mirrors are all there is", async () => {
  const text = await renderCliConfig({ providerMirror: "/nowhere", pluginCacheDir: undefined, onlyMirrors: true });
  expect(text).toContain("filesystem_mirror");
  expect(text).not.toContain("direct");
});
