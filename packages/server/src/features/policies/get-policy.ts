import type { Db } from "../../db/database.ts";
import type { Actor } from "../access/index.ts";
import type { Policy } from "./policy.ts";
import { readPolicy } from "./policy-store.ts";
import { getPolicyResource, type PolicyTarget } from "./policy-target.ts";

/** Errors: those of {@link getPolicyResource}. */
export async function getPolicy(db: Db, actor: Actor, target: PolicyTarget): Promise<Policy> {
  return readPolicy(db, await getPolicyResource(db, actor, target));
}
