import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, ConsoleBrowser } from "./browser.ts";
import { IngotProcess } from "./ingot-process.ts";

// Axe looks at some fifteen screens.
const screensMs = 120_000;

describe.skipIf(chromiumPath === undefined)("people in the console, in Chromium", { timeout: screensMs }, () => {
  let ingot: IngotProcess;
  let owner: ConsoleBrowser;
  let guest: ConsoleBrowser;
  let link = "";

  beforeAll(async () => {
    ingot = await IngotProcess.start(["--log-level", "warn"]);
    owner = await ConsoleBrowser.open(ingot.url);
    guest = await ConsoleBrowser.open(ingot.url);
    const { admin } = await ingot.bootstrap();
    await owner.page.goto("/app/people/teams");
    await owner.page.getByLabel("Token", { exact: true }).fill(admin.token);
    await owner.page.getByRole("button", { name: "Sign in" }).click();
    await ingot.must("POST", "organizations/ingot/workspaces", {
      data: { type: "workspaces", attributes: { name: "machines" } },
    });
  }, 120_000);
  afterAll(async () => {
    await owner?.close();
    await guest?.close();
    await ingot?.close();
  });

  const look = async (browser: ConsoleBrowser, name: string) => {
    await browser.settled();
    await browser.lookAt(name);
  };

  test("an owner makes a team, gives it access to a project and a workspace, and invites somebody into it", async () => {
    const { page } = owner;
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "New team" }).click();
    await dialog.getByLabel("Name").fill("platform");
    await dialog.getByLabel("Read all projects").check();
    await look(owner, "team-new");
    await dialog.getByRole("button", { name: "Make the team" }).click();
    await page.getByText("Nobody is in this team").waitFor();
    await look(owner, "team");

    await page.goto("/app/people/access");
    await page.getByRole("combobox", { name: "Give a team access" }).click();
    await page.getByRole("option", { name: "platform" }).click();
    await page.getByLabel("Level", { exact: true }).selectOption("Write");
    await page.getByRole("button", { name: "Give access" }).click();
    await page.getByLabel("Access of platform", { exact: true }).selectOption("Maintain");
    await page.getByText("Administer the workspaces").waitFor();
    await look(owner, "project-access");
    await page.goto("/app/ingot/workspaces/machines?tab=settings&section=access");
    await page.getByText("No team has access to machines alone").waitFor();
    await page.getByRole("combobox", { name: "Give a team access" }).click();
    await page.getByRole("option", { name: "platform" }).click();
    await page.getByRole("button", { name: "Give access" }).click();
    await page.getByRole("button", { name: "Take the access of platform away" }).click();
    await dialog.getByRole("button", { name: "Take it away" }).click();
    await page.getByText("No team has access to machines alone").waitFor();
    await look(owner, "workspace-access");

    await page.goto("/app/people");
    await page.getByRole("button", { name: "Invite" }).click();
    await dialog.getByLabel("E-mail address").fill("grace@acme.example");
    await dialog.getByRole("combobox", { name: "Teams" }).click();
    await page.getByRole("option", { name: "platform" }).click();
    await page.keyboard.press("Tab");
    await look(owner, "invite");
    await dialog.getByRole("button", { name: "Invite" }).click();
    link = (await dialog.getByRole("region", { name: "the link of the invitation" }).textContent()) ?? "";
    await look(owner, "invited");
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByText("Invited", { exact: true }).waitFor();
    await look(owner, "members");
  });

  test("a link joins once, and whoever is new makes a first token that signs in", async () => {
    const { page } = guest;
    await page.goto(`${link}x`);
    await page.getByText("This link does not work").waitFor();
    expect(guest.complaints.splice(0)).toEqual([expect.stringContaining("404")]);
    await look(guest, "invitation-wrong");
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByRole("heading", { name: "Join ingot" }).waitFor();
    await look(guest, "invitation");
    await page.getByRole("button", { name: "Join as a new person" }).click();
    await page.getByRole("heading", { name: "Welcome to ingot" }).waitFor();
    await page.getByLabel("What it is for").fill("my laptop");
    await look(guest, "invitation-welcome");
    await page.getByRole("button", { name: "Make a token" }).click();
    const token = (await page.getByRole("region", { name: "the token" }).textContent()) ?? "";
    await look(guest, "invitation-token");
    await page.getByRole("link", { name: "go on" }).click();
    await page.waitForURL("**/app/");
    expect(token).toMatch(/^ingot_/);

    // A page that is still open would ask for what it may not see any more.
    await page.goto("about:blank");
    await page.context().clearCookies();
    await page.goto("/app/settings/tokens");
    await page.getByLabel("Token", { exact: true }).fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("cell", { name: "my laptop", exact: true }).waitFor();
    await look(guest, "own-tokens");
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByText("This invitation has been accepted already").waitFor();
    expect(guest.complaints.splice(0)).toEqual([expect.stringContaining("409")]);
  });

  test("a member is shown what it may see, and no button for what it may not do", async () => {
    const { page } = guest;
    await page.goto("/app/people");
    await page.getByText("You see yourself alone").waitFor();
    expect(await page.getByRole("button", { name: "Invite" }).count()).toBe(0);
    await look(guest, "members-of-a-member");
    await page.getByRole("link", { name: "platform" }).click();
    await page.getByText("Tokens of the team").waitFor();
    for (const name of ["Change", "Delete", "Add"]) {
      expect(await page.getByRole("button", { name, exact: true }).count(), name).toBe(0);
    }
    await look(guest, "team-of-a-member");
  });

  test("a member of no team is shown its account, and the browser is refused nothing", async () => {
    const { page } = owner;
    await page.goto("/app/people/teams");
    await page.getByRole("link", { name: "platform" }).click();
    await page.getByRole("button", { name: "Take grace out of the team" }).click();
    await page.getByText("Nobody is in this team").waitFor();
    await guest.page.goto("/app/people/access");
    await guest.page.getByText("No project that you may know of").waitFor();
    await look(guest, "access-of-nobody");
    expect(guest.complaints).toEqual([]);
  });

  test("a member leaves the organization when an owner removes it", async () => {
    const { page } = owner;
    await page.goto("/app/people");
    await page.getByRole("button", { name: "Actions for grace" }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await page.getByRole("dialog").getByText("leaves ingot").waitFor();
    await look(owner, "member-remove");
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Actions for grace" }).waitFor({ state: "detached" });
  });

  test("axe has found nothing serious, every answer was as promised, and the browsers did not complain", () => {
    for (const browser of [owner, guest]) {
      expect(browser.violations).toEqual([]);
      expect(browser.brokenPromises).toEqual([]);
      expect(browser.complaints).toEqual([]);
    }
  });
});
