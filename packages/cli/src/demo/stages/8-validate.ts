import { listMachines, updateMachine, type Machine } from "@ingot/devcloud";
import type { Alert } from "../console-client.ts";
import { workspaceName, type DemoWorld, type DemoWorkspaces } from "../demo-world.ts";
import { claim } from "../story.ts";
import { waitFor } from "../wait-for.ts";
import type { WebhookMessage } from "../webhook-receiver.ts";

const checkAddress = "check.machines_run";
// Verification of one more address is not what this is about.
const triggers = [
  "alert:drift",
  "alert:check",
  "alert:assessment_failed",
  "alert:image_status",
  "alert:run_failed",
  "alert:run_waiting",
  "alert:revocation",
];

/** The configuration's own check fails when the world changes; somebody is told, and told again when it is over. */
export async function validateStage(
  world: DemoWorld,
  workspaces: DemoWorkspaces,
): Promise<{ readonly checkAlertId: string }> {
  const { story, api, webhook } = world;
  await api.createWebhook({ name: "on call", url: webhook.url, token: webhook.token, triggers });
  claim("the receiver was tried out, and the signature held", webhook.messages.length === 1, webhook.messages);
  story.done(`alerts go to ${webhook.url}, signed; the server has tried it out`);

  const machines = await listMachines(world.cloudDirectory);
  const machine = machines.find(({ name }) => name === "web-2") as Machine;
  await updateMachine(world.cloudDirectory, machine.id, { status: "stopped" });
  story.done(`${machine.name} stops`);
  await world.ingot(["assess", workspaceName], { shows: (line) => line.trim() !== "" });
  const { latest: failed } = await api.getHealth(workspaces.machines);
  const check = failed?.checks.find(({ address }) => address === checkAddress);
  claim("the check fails", check?.status === "fail" && failed?.checks_failed === 1, failed);
  claim("it says what is wrong", check?.problems.join() === "Not running: web-2 is stopped.", check);
  claim("a machine that stops is no drift", failed?.resources_drifted === 0, failed);
  story.done(`${checkAddress} fails: ${check?.problems.join(" ")} Nothing that is configured has drifted`);

  const opened = await waitForMessage(world, "opened");
  const id = opened.payload.alert?.id ?? "";
  const open = (await api.listAlerts("open")).filter((alert) => alert.kind === "check");
  claim("one alert is open for it", open.length === 1 && open[0]?.id === id, open);
  claim("the message names the check", opened.payload.message?.includes(checkAddress) === true, opened);
  story.done(`the alert went out: "${opened.payload.message}"`);

  await updateMachine(world.cloudDirectory, machine.id, { status: "running" });
  story.done(`${machine.name} is started again`);
  await world.ingot(["assess", workspaceName], { shows: (line) => line.trim() !== "" });
  const resolved = await waitForMessage(world, "resolved");
  claim("the message is about the same alert", resolved.payload.alert?.id === id, resolved);
  const alert = await waitForDeliveries(world, id);
  claim("the alert is resolved", alert.state === "resolved", alert);
  claim("no message was turned away", webhook.refused() === 0, webhook.messages);
  story.done(
    `the check passes, the alert is ${alert.state}, and the receiver was told of the same alert: ${resolved.payload.state}`,
  );

  await api.updateSettings(workspaces.machines, { image_age_days_max: 30, image_behind_days_max: 7 });
  const checks = await api.getImageChecks(workspaces.machines);
  claim("all four built-in checks of the images pass", checks.length === 4 && checks.every(passes), checks);
  await world.ingot(["status", workspaceName], { shows: (line) => line.trim() !== "" });
  story.done("four checks need no code: revoked, about to be, older than 30 days, behind for more than 7");
  return { checkAlertId: id };
}

function passes(check: { readonly status: string }): boolean {
  return check.status === "pass";
}

async function waitForMessage(world: DemoWorld, state: string): Promise<WebhookMessage> {
  return waitFor(world, `a webhook about a check, ${state}`, () =>
    world.webhook.messages.find(({ trigger, payload }) => trigger === "alert:check" && payload.state === state),
  );
}

/** The receiver is faster than the server's note that it was reached. */
async function waitForDeliveries(world: DemoWorld, alertId: string): Promise<Alert> {
  return waitFor(world, "both messages to be recorded as delivered", async () => {
    const alert = await world.api.getAlert(alertId);
    const { deliveries } = alert;
    return deliveries.length === 2 && deliveries.every(({ state }) => state === "delivered") ? alert : undefined;
  });
}
