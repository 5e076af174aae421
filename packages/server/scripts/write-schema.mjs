// Writes src/db/schema.gen.ts and src/db/schema.snapshot.sql from the migrated schema. Run by `npm run schema`.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describeSchema } from "../dist/db/describe-schema.js";

const source = fileURLToPath(new URL("../src/db/", import.meta.url));
const { types, snapshot } = await describeSchema();
await writeFile(`${source}schema.gen.ts`, types);
await writeFile(`${source}schema.snapshot.sql`, snapshot);
