import { expect, it } from "vitest";
import type { ImageUse } from "../api/types.ts";
import { toCsv } from "./download-uses.ts";

const use: ImageUse = {
  workspace: { id: "ws-1", name: "=cmd()" },
  resource: 'machine.web["a"]',
  attribute: "image",
  external_identifier: "ami-1",
  bucket: "web",
  version: "v1",
  fingerprint: "f",
  status: "current",
  channel: null,
  channel_version: null,
  version_created_at: null,
  revoke_at: null,
  revocation_message: null,
  behind_since: null,
  descends_from: null,
  first_seen_at: "2030-01-01T00:00:00Z",
};

it("quotes what needs it and lets no cell be a formula", () => {
  const [header, line, rest] = toCsv([use]).split("\r\n");
  expect(header).toMatch(/^workspace,workspace_id,resource/);
  expect(line).toBe(`'=cmd(),ws-1,"machine.web[""a""]",image,web,v1,current,,,ami-1,,,2030-01-01T00:00:00Z`);
  expect(rest).toBe("");
});
