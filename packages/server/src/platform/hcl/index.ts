export { createHclReader, type HclReader } from "./hcl-reader.ts";
