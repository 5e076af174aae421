import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { createUrlSigner } from "./url-signer.ts";

let now = 1_000_000_000_000;
const signer = createUrlSigner(randomBytes(32), () => now);

it("serves one purpose for one subject until its end", async () => {
  const token = await signer.sign("upload", "cv-1", 60_000);
  expect(token).toMatch(/^[A-Za-z0-9._-]+$/);
  expect(await signer.verify("upload", token)).toBe("cv-1");
  await expect(signer.verify("download", token)).rejects.toMatchObject({ code: "no_such_link" });
  now += 61_000;
  await expect(signer.verify("upload", token)).rejects.toMatchObject({ code: "no_such_link" });
});

it("refuses links of another server, and links that were changed", async () => {
  const token = await signer.sign("upload", "cv-1", 60_000);
  const stranger = createUrlSigner(randomBytes(32), () => now);
  await expect(stranger.verify("upload", token)).rejects.toMatchObject({ code: "no_such_link" });
  await expect(signer.verify("upload", `${token.slice(0, -2)}xx`)).rejects.toMatchObject({ code: "no_such_link" });
  await expect(signer.verify("upload", "")).rejects.toMatchObject({ code: "no_such_link" });
});
