/** Says before the first test what the run will leave out, and why: nothing is skipped in silence. */
export default function setup(): void {
  if (process.env["INGOT_TEST_POSTGRES_URL"] === undefined) {
    process.stdout.write(
      "skipped: PostgreSQL, since INGOT_TEST_POSTGRES_URL is not set; `npm run test:postgres` starts one.\n",
    );
  }
}
