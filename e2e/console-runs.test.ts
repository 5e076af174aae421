import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWebhookReceiver, type WebhookReceiver } from "../packages/server/src/testing/webhook-receiver.ts";
import { chromiumPath, ConsoleBrowser } from "./browser.ts";
import { IngotProcess } from "./ingot-process.ts";

const screensMs = 120_000;

const configuration = `
resource "terraform_data" "one" {
  input = "one"
}
`;

// One finding, whatever the plan is.
const policy = `package ingot
deny contains "The change freeze lasts until Monday." if true
`;

describe.skipIf(chromiumPath === undefined)("runs and their settings in Chromium", { timeout: screensMs }, () => {
  let ingot: IngotProcess;
  let browser: ConsoleBrowser;
  let scanner: WebhookReceiver;
  let workspaceId: string;

  beforeAll(async () => {
    scanner = await startWebhookReceiver();
    scanner.answer = { status: 200 };
    ingot = await IngotProcess.start(["--log-level", "warn", "--outbound-allow", "127.0.0.1"]);
    const { admin } = await ingot.bootstrap();
    workspaceId = (await create("organizations/ingot/workspaces", "workspaces", { name: "network" })).id;
    const made = await create("organizations/ingot/policies", "policies", {
      name: "freeze",
      kind: "opa",
      query: "data.ingot.deny",
      "enforcement-level": "mandatory",
    });
    await ingot.request("PUT", `/api/v2/policies/${made.id}/upload`, Buffer.from(policy));
    await create(
      "organizations/ingot/policy-sets",
      "policy-sets",
      { name: "calendar", kind: "opa", overridable: true },
      {
        policies: { data: [{ id: made.id, type: "policies" }] },
        workspaces: { data: [{ id: workspaceId, type: "workspaces" }] },
      },
    );
    const task = await create("organizations/ingot/tasks", "tasks", {
      name: "scanner",
      url: scanner.url,
      category: "task",
      enabled: true,
    });
    await create(
      `workspaces/${workspaceId}/tasks`,
      "workspace-tasks",
      { "enforcement-level": "advisory", stages: ["pre_plan"] },
      { task: { data: { id: task.id, type: "tasks" } } },
    );
    browser = await ConsoleBrowser.open(ingot.url);
    await browser.page.goto("/app/");
    await browser.page.getByLabel("Token", { exact: true }).fill(admin.token);
    await browser.page.getByRole("button", { name: "Sign in" }).click();
    await browser.page.getByRole("navigation", { name: "Main" }).waitFor();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await ingot?.close();
    await scanner?.close();
  });

  function create(path: string, type: string, attributes: object, relationships: object = {}): Promise<any> {
    return ingot.must("POST", path, { data: { type, attributes, relationships } });
  }

  async function look(name: string): Promise<void> {
    await browser.settled();
    await browser.lookAt(name);
  }

  /** What the run task was called with last, once it was. */
  async function answerScanner(): Promise<void> {
    const received = await ingot.until(
      "the scanner is called",
      60,
      async () => scanner.received.filter(({ json }) => json?.access_token !== "test-token"),
      (calls) => calls.length > 0,
    );
    const { json } = received.at(-1) as { json: any };
    const answer = await fetchAs(json.access_token, json.task_result_callback_url, {
      data: {
        type: "task-results",
        attributes: { status: "failed", message: "One finding of 12 rules", url: "https://scanner.example/1" },
        relationships: {
          outcomes: {
            data: [
              {
                type: "task-result-outcomes",
                attributes: {
                  "outcome-id": "RULE-7",
                  description: "A bucket may be read by everybody",
                  tags: { Severity: [{ label: "High", level: "error" }] },
                  body: "Close it, or say in a comment why it is open.",
                },
              },
            ],
          },
        },
      },
    });
    expect(answer).toBe(200);
  }

  async function fetchAs(token: string, url: string, body: object): Promise<number> {
    const answer = await browser.page.request.fetch(new URL(new URL(url).pathname, ingot.url).href, {
      method: "PATCH",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/vnd.api+json" },
      data: JSON.stringify(body),
    });
    return answer.status();
  }

  test("a run shows what run tasks and policies say, is overridden with a comment, and tells its history", async () => {
    const { page } = browser;
    const runId = await ingot.run(workspaceId, configuration);
    await answerScanner();
    await page.goto(`/app/runs/${runId}`);
    await page.getByText("A mandatory policy failed").waitFor({ timeout: 60_000 });
    await page.getByText("One finding of 12 rules").waitFor();
    await page.getByText("The change freeze lasts until Monday.").nth(1).waitFor();
    await look("run-override");
    await page.getByRole("button", { name: "1 finding" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("A bucket may be read by everybody").waitFor();
    await dialog.getByRole("button", { name: "Read" }).click();
    await dialog.getByText("Close it, or say").waitFor();
    await look("run-findings");
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Override" }).click();
    await dialog.getByLabel("Comment").fill("Agreed with the release manager.");
    await browser.lookAt("run-override-dialog");
    await dialog.getByRole("button", { name: "Override" }).click();
    await page.getByText("Applied", { exact: true }).first().waitFor({ timeout: 60_000 });
    await page.getByRole("tab", { name: "Checks" }).click();
    await page.getByText("Agreed with the release manager.").waitFor();
    await look("run-checks");
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByLabel("Comment").fill("Watched it; all is well.");
    await page.getByRole("button", { name: "Add comment" }).click();
    await page.getByRole("listitem").filter({ hasText: "Watched it; all is well." }).waitFor();
    await look("run-history");
  });

  test("a run is started with options, and is shown with what it was asked for", async () => {
    const { page } = browser;
    await page.goto("/app/ingot/workspaces/network");
    await page.getByRole("button", { name: "Start run" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Plan only").check();
    await dialog.getByRole("button", { name: "More options" }).click();
    await dialog.getByLabel("Only these resources", { exact: true }).fill("terraform_data.one");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Add variable" }).click();
    await dialog.getByLabel("Name of variable 1").fill("region");
    await dialog.getByLabel("Value of variable 1").fill("eu");
    await browser.lookAt("run-start");
    await dialog.getByRole("button", { name: "Start run" }).click();
    await page.waitForURL("**/app/runs/run-*");
    const asked = page.getByRole("region", { name: "Asked for" });
    await asked.getByText("terraform_data.one").waitFor();
    await asked.getByText("region").waitFor();
    await look("run-options");
  });

  test("a workspace is set up: variables and who wins, tags, engine, triggers, tasks, and an older state", async () => {
    const { page } = browser;
    const below = "/app/ingot/workspaces/network";
    await create(
      "organizations/ingot/varsets",
      "varsets",
      { name: "cloud", global: true, priority: true },
      { vars: { data: [{ type: "vars", attributes: { key: "region", value: "eu-west-1", category: "terraform" } }] } },
    );
    await create("organizations/ingot/workspaces", "workspaces", { name: "dns" });
    const dialog = page.getByRole("dialog");
    await page.goto(`${below}?tab=variables`);
    await page.getByRole("button", { name: "New variable" }).click();
    await dialog.getByLabel("Key").fill("region");
    await dialog.getByLabel("Value").fill("eu-central-1");
    await dialog.getByLabel("Sensitive").check();
    await dialog.getByRole("button", { name: "Save variable" }).click();
    await page.getByText("not used: set cloud wins").waitFor();
    await page.getByRole("cell", { name: "eu-west-1" }).waitFor();
    expect(await page.content()).not.toContain("eu-central-1");
    await look("workspace-variables");

    await page.goto(`${below}?tab=settings`);
    await page.getByRole("combobox", { name: "Tags" }).fill("team=web");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByText("Saved.").first().waitFor();
    await page.getByLabel("Version", { exact: true }).fill("not a version");
    await page.getByRole("button", { name: "Save" }).nth(1).click();
    await page.getByText("It was not saved").waitFor();
    expect(browser.complaints.splice(0)).toEqual([expect.stringContaining("422")]);
    await look("workspace-general");
    expect((await ingot.must("GET", `workspaces/${workspaceId}/tag-bindings`))[0].attributes).toEqual({
      key: "team",
      value: "web",
    });

    await page.goto(`${below}?tab=settings&section=runs`);
    await page.getByRole("cell", { name: "scanner", exact: true }).waitFor();
    await page.getByRole("combobox", { name: "Another workspace" }).fill("dn");
    await page.getByRole("option", { name: "dns", exact: true }).click();
    await page.getByRole("button", { name: "Add trigger" }).click();
    await page.getByRole("link", { name: "dns" }).waitFor();
    await look("workspace-run-settings");
    await page.goto(`${below}?tab=settings&section=state`);
    await page.getByText("Who may read its state").first().waitFor();
    await look("workspace-state-settings");

    const current = await ingot.must("GET", `workspaces/${workspaceId}/current-state-version`);
    await ingot.must("POST", `workspaces/${workspaceId}/actions/lock`, {});
    await ingot.must("PATCH", `workspaces/${workspaceId}/state-versions`, {
      data: {
        type: "state-versions",
        relationships: { "rollback-state-version": { data: { type: "state-versions", id: current.id } } },
      },
    });
    await ingot.must("POST", `workspaces/${workspaceId}/actions/unlock`, {});
    await page.goto(`${below}?tab=states`);
    await page.getByText("· current").waitFor();
    const serial = Number.parseInt(await page.getByRole("cell", { name: /current/ }).innerText(), 10);
    await page.getByRole("button", { name: `Actions for serial ${String(serial - 1)}` }).click();
    await page.getByRole("menuitem", { name: "Make it current" }).click();
    await dialog.getByRole("button", { name: "Make it current" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("cell", { name: `${String(serial + 1)} · current` }).waitFor();
    expect((await ingot.must("GET", `workspaces/${workspaceId}`)).attributes.locked).toBe(false);
    await look("workspace-states");
  });

  test("an organization is set up: variable sets, policies, run tasks, agent pools and SSH keys", async () => {
    const { page } = browser;
    const dialog = page.getByRole("dialog");
    const save = async (name: string) => {
      await dialog.getByRole("button", { name, exact: true }).click();
      await dialog.waitFor({ state: "hidden" });
    };
    await page.goto("/app/settings/variable-sets");
    await page.getByRole("button", { name: "New variable set" }).click();
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("credentials");
    await dialog.getByRole("combobox", { name: "Workspaces" }).fill("net");
    await page.getByRole("option", { name: "network", exact: true }).click();
    await browser.lookAt("variable-set-new");
    await save("Make the set");
    await page.getByRole("button", { name: "New variable" }).click();
    await dialog.getByLabel("Key").fill("TOKEN");
    await dialog.getByLabel("Value").fill("a secret of the cloud");
    await dialog.getByLabel("Sensitive").check();
    await save("Save variable");
    await page.getByRole("cell", { name: "sensitive" }).waitFor();
    expect(await page.content()).not.toContain("a secret of the cloud");
    await look("variable-set");

    await page.goto("/app/settings/policies");
    await page.getByRole("button", { name: "New policy", exact: true }).click();
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("nothing-is-destroyed");
    await browser.lookAt("policy-new");
    await save("Save policy");
    await page.getByRole("button", { name: "New policy set" }).click();
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("safety");
    await dialog.getByRole("combobox", { name: "Policies" }).click();
    await page.getByRole("option", { name: "nothing-is-destroyed" }).click();
    await page.keyboard.press("Tab");
    await dialog.getByLabel("Every workspace of the organization").check();
    await save("Make the set");
    await page.getByRole("cell", { name: "nothing-is-destroyed" }).waitFor();
    await look("policy-set");

    await page.goto("/app/settings/run-tasks");
    await page.getByRole("button", { name: "New run task" }).click();
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("approvals");
    await dialog.getByLabel("Address").fill(scanner.url);
    scanner.answer = { status: 500 };
    await dialog.getByRole("button", { name: "Verify and save" }).click();
    await dialog.getByRole("alert").waitFor();
    await browser.lookAt("run-task-refused");
    expect(browser.complaints.splice(0)).toEqual([expect.stringContaining("422")]);
    scanner.answer = { status: 200 };
    await save("Verify and save");
    await page.getByRole("button", { name: "Actions for approvals" }).waitFor();

    await page.goto("/app/settings/runners");
    await page.getByRole("button", { name: "New agent pool" }).click();
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("datacenter");
    await save("Make the pool");
    await page.getByLabel("Description of a new token").fill("rack 4");
    await page.getByRole("button", { name: "Make a token" }).click();
    await page.getByText("it is shown this once").waitFor();
    const secret = (await page.getByRole("region", { name: "the token" }).innerText()).trim();
    await look("agent-pool");
    await page.reload();
    await page.getByRole("cell", { name: "rack 4", exact: true }).waitFor();
    expect(secret.length).toBeGreaterThan(20);
    expect(await page.content()).not.toContain(secret);

    for (const [name, path, shows] of [
      ["ssh-keys", "/app/settings/ssh-keys", "No SSH key yet"],
      ["organization", "/app/settings/organization", "Where runs are carried out"],
    ] as const) {
      await page.goto(path);
      await page.getByText(shows).waitFor();
      await look(name);
    }
  });

  test("axe has found nothing serious on any of these screens, and the browser had nothing to complain about", () => {
    expect(browser.violations).toEqual([]);
    expect(browser.brokenPromises).toEqual([]);
    expect(browser.complaints).toEqual([]);
  });
});
