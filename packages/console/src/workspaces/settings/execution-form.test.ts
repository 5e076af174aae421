import { expect, it } from "vitest";
import { attributesOfExecution, type ExecutionForm } from "./execution-form.ts";

const form: ExecutionForm = {
  mode: "inherit",
  pool: null,
  engine: "",
  version: "1.9.0",
  workingDirectory: "",
  autoApply: false,
  autoApplyRunTrigger: false,
  allowDestroyPlan: true,
  sshKey: null,
};

const send = (changes: Partial<ExecutionForm>) => attributesOfExecution({ ...form, ...changes }, changes);

it("sends nothing that was not changed: a version that is a note would become a demand", () => {
  expect(send({})).toEqual({});
  expect(send({ autoApply: true })).toEqual({ "auto-apply": true });
});

it("gives the mode back to the project, or takes it with its pool", () => {
  expect(send({ mode: "inherit" })).toEqual({ "setting-overwrites": { "execution-mode": false, "agent-pool": false } });
  expect(send({ mode: "agent", pool: "apool-1" })).toMatchObject({
    "execution-mode": "agent",
    "agent-pool-id": "apool-1",
  });
  expect(send({ mode: "remote" })).not.toHaveProperty("agent-pool-id");
});

it("takes a version away when the field is emptied", () => {
  expect(send({ version: " " })).toEqual({ "terraform-version": "latest" });
  expect(send({ version: "~> 1.9.0", engine: "tofu" })).toEqual({ "terraform-version": "~> 1.9.0", engine: "tofu" });
  expect(send({ engine: "" })).toEqual({ engine: null });
});
