import type { Db } from "../../db/database.ts";
import type { CreateProjectDeps } from "../../features/projects/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { PageSigner } from "../../platform/page-signer.ts";

export interface HcpResourceManagerDeps extends CreateProjectDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly pageSigner: PageSigner;
}
