import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import type { PageSigner } from "../../platform/page-signer.ts";

export interface HcpIamDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly pageSigner: PageSigner;
}
