import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, ConsoleBrowser } from "./browser.ts";
import { startConsoleWorld, type ConsoleWorld } from "./console-world.ts";

describe.skipIf(chromiumPath === undefined)("the console in Chromium, against a server with real runs", () => {
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
    await page.getByLabel("Token", { exact: true }).fill(world.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/app/images/golden-app");
    expect((await page.context().cookies()).every((cookie) => cookie.httpOnly)).toBe(true);
  });
});
