import type { Kysely } from "kysely";
import * as tenancy from "./0001_tenancy.ts";
import * as jobs from "./0002_jobs.ts";

/** Numbered, in order, and never edited once released. */
export const migrations: Record<string, { up(db: Kysely<never>): Promise<void> }> = {
  "0001_tenancy": tenancy,
  "0002_jobs": jobs,
};
