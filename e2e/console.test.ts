import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, ConsoleBrowser } from "./browser.ts";
import { anAdvisory } from "../packages/server/src/wire/hcp-packer/testing/scanned-images.ts";
import { startWebhookReceiver } from "../packages/server/src/testing/webhook-receiver.ts";
import { startConsoleWorld, type ConsoleWorld } from "./console-world.ts";

// Axe looks at some fifty screens on a machine that also runs the server, the runner and the engine.
const screensMs = 180_000;

// What runs in the page knows it.
declare const document: any;

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

  test("a version says what is wrong with its packages, and what of them nobody could judge", async () => {
    const { page } = browser;
    await page.goto("/app/images/golden-app/v1");
    const panel = page.getByRole("region", { name: "Vulnerabilities" });
    await panel.getByText("Unknown", { exact: true }).waitFor();
    await panel.getByText("there is no archive of advisories for npm").waitFor();
    const about = { ecosystem: "npm", name: "lodash", fixed: "4.17.21" };
    await world.importAdvisories([
      anAdvisory("GHSA-35jh-r3h4-6jhm", { ...about, score: "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H" }),
    ]);
    await page.reload();
    const row = panel.getByRole("row", { name: /GHSA-35jh-r3h4-6jhm/ });
    await row.getByText("lodash").waitFor();
    await row.getByText("High").waitFor();
    await row.getByText("4.17.21").waitFor();
    await panel.getByText("Part of this version is unknown").waitFor();
    await panel.getByText(/without the release of their distribution/).waitFor();
    await browser.settled();
    await browser.lookAt("version-vulnerabilities");
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
      ["workspace-settings", "/app/ingot/workspaces/machines?tab=settings&section=images", "Follow"],
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

  test("a webhook is made once its receiver takes the verification, is told of a version, changed and deleted", async () => {
    const { page } = browser;
    const receiver = await startWebhookReceiver();
    try {
      await page.goto("/app/settings/registry");
      await page.getByText("No webhook yet").waitFor();
      await page.getByRole("button", { name: "New webhook" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name").fill("inventory");
      await dialog.getByLabel("Address").fill(receiver.url);
      await dialog.getByLabel("Key", { exact: true }).fill("a signing key");
      receiver.answer = { status: 503 };
      await dialog.getByRole("button", { name: "Verify and save" }).click();
      await dialog.getByText("Error verifying webhook configuration").waitFor();
      await browser.lookAt("webhook-refused");
      expect(browser.complaints.splice(0)).toEqual([expect.stringContaining("400")]);
      receiver.answer = { status: 200 };
      await dialog.getByRole("button", { name: "Verify and save" }).click();
      await dialog.waitFor({ state: "hidden" });
      await page.getByText("everything about versions").waitFor();

      await world.publish(4, { promote: false });
      await world.ingot.until(
        "the receiver is told",
        30,
        async () => receiver.received.map(({ json }) => json.event_action as string),
        (actions) => actions.filter((action) => action === "complete").length === 2,
      );
      await page.getByRole("button", { name: "Actions for inventory" }).click();
      await page.getByRole("menuitem", { name: "What was sent" }).click();
      await dialog.getByText("Completed version").first().waitFor();
      await page.locator("[role=menu]").waitFor({ state: "detached" });
      await browser.lookAt("webhook-history");
      await dialog.getByRole("button").first().click();

      await page.getByRole("button", { name: "Actions for inventory" }).click();
      await page.getByRole("menuitem", { name: "Change" }).click();
      await dialog.getByLabel("Name").fill("assets");
      await dialog.getByLabel("A version is begun").uncheck();
      await dialog.getByRole("button", { name: "Verify and save" }).click();
      await dialog.waitFor({ state: "hidden" });
      await page.getByText("7 kinds of events about versions").waitFor();
      await browser.settled();
      await browser.lookAt("registry-settings");

      await page.getByRole("button", { name: "Actions for assets" }).click();
      await page.getByRole("menuitem", { name: "Delete" }).click();
      await dialog.getByRole("button", { name: "Delete" }).click();
      await page.getByText("No webhook yet").waitFor();
    } finally {
      await receiver.close();
    }
  });

  test("the run task of the registry is set up, and its key replaced", async () => {
    const { page } = browser;
    await page.goto("/app/settings/registry");
    const panel = page.getByRole("region", { name: "Run task" });
    await panel.getByText(/packer\/run-tasks\/.*\/validation/).waitFor();
    await panel.getByLabel(/an image that the registry does not know/).selectOption("The plan fails");
    await page.getByText("Saved. It counts from the next plan on.").waitFor();
    const key = panel.getByLabel("HMAC key", { exact: true });
    const before = await key.inputValue();
    await panel.getByRole("button", { name: "Make another key" }).click();
    await browser.lookAt("run-task-key");
    await page.getByRole("dialog").getByRole("button", { name: "Make another key" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.getByText("The run task has another key").waitFor();
    const { organization, project } = await world.ingot.bootstrap();
    const below = `/packer/2023-01-01/organizations/${organization.id}/projects/${project.id}/runtasks`;
    const { hmac_key: after } = (await world.ingot.request("GET", `${below}/validation`)).json;
    expect(after).not.toBe(before);
    await page.waitForFunction((text) => document.querySelector(`input[value="${text}"]`) !== null, after as string);
    expect((await world.ingot.request("GET", `${below}/config`)).json).toEqual({ on_untracked_image: "FAIL" });
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
