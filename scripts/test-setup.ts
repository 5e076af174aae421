import { preparePostgresTemplate } from "../packages/server/src/testing/databases.ts";

/**
 * Says before the first test what the run will leave out, and why: nothing is skipped in silence. Where PostgreSQL is not
 * left out, migrates the database that each test gets a copy of. Returns what tidies up.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const url = process.env["INGOT_TEST_POSTGRES_URL"];
  if (url !== undefined) return preparePostgresTemplate(url);
  process.stdout.write(
    "skipped: PostgreSQL, since INGOT_TEST_POSTGRES_URL is not set; `npm run test:postgres` starts one.\n",
  );
  return undefined;
}
