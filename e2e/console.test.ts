import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, ConsoleBrowser } from "./browser.ts";
import { startConsoleWorld, type ConsoleWorld } from "./console-world.ts";

// Axe looks at some fifty screens on a machine that also runs the server, the runner and the engine.
const screensMs = 180_000;

describe.skipIf(chromiumPath === undefined)("the console in Chromium", { timeout: screensMs }, () => {
  let world: ConsoleWorld;
  let browser: ConsoleBrowser;

  beforeAll(async () => {
    world = await startConsoleWorld();
    browser = await ConsoleBrowser.open(world.ingot.url);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  test("signs in with a token, and says what is wrong with a bad one", async () => {
    const { page } = browser;
    await page.goto("/app/images/golden-app");
    await page.getByRole("heading", { name: "Sign in to Ingot" }).waitFor();
    await browser.lookAt("sign-in");
    await page.getByLabel("Token", { exact: true }).fill("ingot_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("does not know this token").waitFor();
    // The browser notes the refusal, as it should.
    expect(browser.complaints.splice(0)).toEqual([expect.stringContaining("401")]);
    await page.getByLabel("Token", { exact: true }).fill(world.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/app/images/golden-app");
    expect((await page.context().cookies()).every((cookie) => cookie.httpOnly)).toBe(true);
  });

  test("home, images, a bucket, a version and where it runs can be read, in light and dark", async () => {
    const { page } = browser;
    const pages: readonly (readonly [name: string, path: string, shows: string])[] = [
      ["home", "/app/", "machines"],
      ["images", "/app/images", "golden-base"],
      ["bucket", "/app/images/golden-app", "v1"],
      ["bucket-channels", "/app/images/golden-app?tab=channels", "production"],
      ["bucket-ancestry", "/app/images/golden-app?tab=ancestry", "golden-base"],
      ["version", "/app/images/golden-app/v1", "sha256:app-1"],
      ["where", "/app/where", "devcloud_machine.web[0]"],
    ];
    for (const [name, path, shows] of pages) {
      await page.goto(path);
      await page.getByText(shows, { exact: false }).first().waitFor();
      await browser.settled();
      await browser.lookAt(name);
    }
  });

  test("a version says what it is made of, and what of it is not known", async () => {
    const { page } = browser;
    await page.goto("/app/images/golden-app/v1");
    await page.getByText("something-else could not be parsed").waitFor();
    await page.getByRole("cell", { name: "zlib1g" }).waitFor();
    await page.getByLabel("Filter", { exact: true }).fill("opens");
    await page.getByRole("cell", { name: "zlib1g" }).waitFor({ state: "detached" });
    await page.getByRole("cell", { name: "openssl", exact: true }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "image (CycloneDX)" }).click();
    expect((await download).suggestedFilename()).toBe("image.json");
    await page.getByLabel("Filter", { exact: true }).fill("nothing");
    await page.getByText("Nobody knows whether it is there").waitFor();
    await browser.lookAt("packages-unknown");
    // The browser notes each refusal, as it should.
    for (const complaint of browser.complaints.splice(0)) expect(complaint).toContain("400");
  });

  test("promotes a version, says what its followers will do, and the run it causes can be watched and approved", async () => {
    const { page } = browser;
    await world.publish(2, { promote: false });
    await page.goto("/app/images/golden-app?tab=channels");
    await page
      .getByRole("row", { name: /production/ })
      .getByRole("button", { name: /Promote/ })
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Version", { exact: true }).click();
    await page.getByRole("option", { name: /^v2/ }).click();
    await dialog.getByText("machines").waitFor();
    await browser.lookAt("promote");
    await dialog.getByRole("button", { name: "Promote v2" }).click();
    await dialog.waitFor({ state: "hidden" });

    await page.goto("/app/runs");
    await page
      .getByRole("link", { name: /golden-app now points at v2|golden-app/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Approve" }).waitFor({ timeout: 60_000 });
    await page.getByText("v1").first().waitFor();
    await browser.settled();
    await browser.lookAt("run-waiting");
    await page.goto("/app/");
    await page.getByText("golden-app", { exact: false }).first().waitFor();
    await browser.settled();
    await browser.lookAt("home-waiting");
    await page.goBack();
    await page.getByRole("button", { name: "Approve" }).click();
    await browser.lookAt("run-approve");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /Approve|Apply/ })
      .click();
    await page.getByText("Applied", { exact: true }).first().waitFor({ timeout: 60_000 });
    await page.getByRole("tab", { name: "Log of the apply" }).click();
    await page.getByText("Apply complete").waitFor();
    await browser.settled();
    await browser.lookAt("run-applied");
    expect((await world.machines()).map((machine) => machine.image)).toEqual(["sha256:app-2", "sha256:app-2"]);
  });

  test("a revocation is shown with everything it hits before it is done, and taken back", async () => {
    const { page } = browser;
    await page.goto("/app/images/golden-base/v2");
    await page.getByRole("button", { name: "Revoke" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("devcloud_machine.web[0]").waitFor();
    await dialog.getByText("golden-app").first().waitFor();
    await dialog.getByLabel("Reason").fill("CVE-2026-1234 in openssl");
    await browser.lookAt("revoke");
    await dialog.getByRole("button", { name: "Revoke now" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByText("CVE-2026-1234 in openssl").first().waitFor();
    await browser.settled();
    await browser.lookAt("version-revoked");

    await page.goto("/app/where?status=revoked");
    await page.getByText("devcloud_machine.web[1]").waitFor();
    await browser.settled();
    await browser.lookAt("where-revoked");

    await page.goto("/app/images/golden-base/v2");
    await page.getByRole("button", { name: "Restore" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await page.getByRole("button", { name: "Revoke" }).waitFor();
    await page.goto("/app/where?status=revoked");
    await page.getByText(/No/).first().waitFor();
  });

  test("drift is found, shown with before and after, and repaired by a run", async () => {
    const { page } = browser;
    await world.ingot.discardWaitingRuns(world.workspaceId);
    await world.changeMachine("web-1", { size: "large" });
    await page.goto("/app/ingot/workspaces/machines?tab=health");
    await page.getByRole("button", { name: "Assess now" }).click();
    await page.getByText("devcloud_machine.web[0]").first().waitFor({ timeout: 60_000 });
    await page.getByText("large").first().waitFor();
    await browser.settled();
    await browser.lookAt("health-drifted");
    await page.goto("/app/health");
    await page.getByText("Drifted").first().waitFor();
    await browser.settled();
    await browser.lookAt("health");
    await page.goto("/app/ingot/workspaces/machines?tab=health");
    await page.getByRole("button", { name: "Repair" }).click();
    await browser.lookAt("repair");
    await page.getByRole("dialog").getByRole("button", { name: "Start repair run" }).click();
    await page.getByRole("button", { name: "Approve" }).click({ timeout: 60_000 });
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /Approve|Apply/ })
      .click();
    await page.getByText("Applied", { exact: true }).first().waitFor({ timeout: 60_000 });
    expect((await world.machines()).map((machine) => machine.size)).toEqual(["small", "small"]);
    await page.goto("/app/ingot/workspaces/machines?tab=health");
    await page.getByRole("button", { name: "Assess now" }).click();
    await page
      .getByText(/No drift|nothing has drifted|Healthy/i)
      .first()
      .waitFor({ timeout: 60_000 });
  });

  test("every other screen can be read, in light and dark", async () => {
    const { page } = browser;
    const pages: readonly (readonly [name: string, path: string, shows: string])[] = [
      ["runs", "/app/runs", "machines"],
      ["workspaces", "/app/workspaces", "machines"],
      ["workspace", "/app/ingot/workspaces/machines", "machines"],
      ["workspace-images", "/app/ingot/workspaces/machines?tab=images", "devcloud_machine.web[0]"],
      ["workspace-settings", "/app/ingot/workspaces/machines?tab=settings", "Follow"],
      ["alerts", "/app/alerts", "Alerts"],
      ["settings", "/app/settings", "Settings"],
      ["tokens", "/app/settings/tokens", "bootstrap.json"],
      ["reference", "/app/reference", "image-uses"],
      ["not-found", "/app/nowhere/at/all/of/them", "Ingot"],
    ];
    for (const [name, path, shows] of pages) {
      await page.goto(path);
      await page.getByText(shows, { exact: false }).first().waitFor();
      await browser.settled();
      await browser.lookAt(name);
    }
  });

  test("an enforced block is made and linked, and its image and the next version say so, in light and dark", async () => {
    const { page } = browser;
    const look = async (name: string) => {
      await browser.settled();
      await browser.lookAt(name);
    };
    await page.goto("/app/images");
    await page.getByRole("link", { name: "Enforced blocks" }).click();
    await page.getByText("No enforced block yet").waitFor();
    await look("blocks-empty");
    await page.getByRole("button", { name: "New block" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("hardening");
    await browser.lookAt("block-new");
    await dialog.getByRole("button", { name: "Make the block" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByText("No image is linked").waitFor();
    await page.getByRole("button", { name: "Link images to 1.0.0" }).click();
    await dialog.getByLabel("Images", { exact: true }).fill("golden-app");
    await page.getByRole("option", { name: "golden-app" }).click();
    await browser.lookAt("block-link");
    await dialog.getByRole("button", { name: "Link exactly these" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByText("Run by the builds of").waitFor();
    await look("block");
    await page.getByRole("link", { name: "Enforced blocks" }).click();
    await page.getByRole("link", { name: "hardening" }).waitFor();
    await look("blocks");
    await page.getByRole("link", { name: "hardening" }).click();

    await world.publish(3, { promote: false });
    await page.getByRole("link", { name: "golden-app" }).click();
    await page.getByRole("link", { name: "hardening 1.0.0" }).waitFor();
    await page.getByText("Not enforced").waitFor();
    await look("bucket-enforced");
    await page.goto("/app/images/golden-app/app-3");
    await page.getByText("Built without the enforced blocks").waitFor();
    await look("version-not-enforced");
    await page.goto("/app/settings/audit");
    await page.getByText("ManageEnforcedBlockLinkedBuckets").waitFor();
    await look("audit");
    await page.getByRole("textbox", { name: "Who" }).fill("nobody");
    await page.getByText("Nothing fits").waitFor();
    await look("audit-empty");
    await page.getByRole("textbox", { name: "Who" }).fill("");
    await page.getByText("Installation", { exact: true }).click();
    await page.getByText("Refused", { exact: true }).first().waitFor();
    await look("audit-installation");
  });

  test("axe has found nothing serious on any of these screens, in light and dark", () => {
    expect(browser.violations).toEqual([]);
  });

  test("every answer of /api/v1 was what its OpenAPI document promises", () => {
    expect(browser.brokenPromises).toEqual([]);
    expect(browser.answersChecked).toBeGreaterThan(50);
  });

  test("the browser has had nothing to complain about", () => {
    expect(browser.complaints).toEqual([]);
  });
});
