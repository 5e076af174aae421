export { createRunnerLinksPlane, createRunnerPlane, type RunnerPlaneDeps } from "./runner-plane.ts";
