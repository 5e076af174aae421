import type { Db } from "../../db/database.ts";
import { findOrganization } from "../organizations/index.ts";
import type { ModeChoice } from "./execution-mode.ts";

/** The mode of projects that have none of their own. */
export async function organizationMode(db: Db, organizationId: string): Promise<ModeChoice> {
  const settings = (await findOrganization(db, organizationId))?.settings;
  return { mode: settings?.defaultExecutionMode ?? "remote", agentPoolId: settings?.defaultAgentPoolId ?? null };
}
