import { describe, expect, it } from "vitest";
import { resourcesOfState } from "./resources-of-state.ts";

function ofState(resources: unknown[]) {
  return resourcesOfState(Buffer.from(JSON.stringify({ version: 4, serial: 1, lineage: "l", resources })));
}

const provider = 'provider["registry.terraform.io/hashicorp/aws"].west';

describe("the resources of a state", () => {
  it("are named with their modules and indexes", () => {
    const found = ofState([
      { mode: "managed", type: "aws_vpc", name: "main", provider, instances: [{}] },
      {
        module: 'module.net["a.b"].module.deep',
        mode: "managed",
        type: "aws_subnet",
        name: "private",
        provider,
        instances: [{ index_key: 0 }, { index_key: "x" }],
      },
      { mode: "data", type: "aws_ami", name: "image", provider, instances: [{}] },
    ]);
    expect(found).toMatchObject([
      { address: "aws_vpc.main", name: "main", module: "root", provider: "hashicorp/aws", nameIndex: null },
      { address: 'net["a.b"].deep.aws_subnet.private[0]', module: 'net["a.b"].deep', nameIndex: "0" },
      { address: 'net["a.b"].deep.aws_subnet.private["x"]', providerType: "aws_subnet", nameIndex: "x" },
    ]);
  });

  it("change their digest with their attributes", () => {
    const digest = (value: string) =>
      ofState([{ type: "t", name: "n", provider, instances: [{ attributes: { value } }] }])?.[0]?.digest;
    expect(digest("a")).toBe(digest("a"));
    expect(digest("a")).not.toBe(digest("b"));
  });

  it("are unknown when the state is encrypted or none", () => {
    expect(resourcesOfState(Buffer.from('{"serial":1,"lineage":"l","encrypted_data":"x"}'))).toBeUndefined();
    expect(resourcesOfState(Buffer.from("opaque"))).toBeUndefined();
  });
});
