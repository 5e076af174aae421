import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** A configuration of one file, as the command lines upload it. */
export async function archiveOf(text) {
  const tar = pack();
  tar.entry({ name: "main.tf" }, text);
  tar.finalize();
  const chunks = [];
  for await (const chunk of tar) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}
