import { describe, expect, it } from "vitest";
import { createHclReader } from "../../platform/hcl/index.ts";
import { checkContent } from "./check-content.ts";

const readHcl = createHclReader();
const noHcl = () => Promise.reject(new Error("JSON needs no HCL reader"));

describe("the content of an enforced block", () => {
  it("can be native HCL, with variables in the arguments of the plugin", async () => {
    const content = `# hardening
provisioner "shell" {
  name        = "a $\${text}"
  only        = ["amazon-ebs.a"]
  timeout     = "5m30s"
  max_retries = 3
  inline      = ["echo \${var.x}"]
}
provisioner "ansible" {
  playbook_file = local.playbook
}
`;
    const read = await checkContent(content, readHcl);
    expect(read.syntax).toBe("hcl2");
    expect(read.provisioners.map((provisioner) => provisioner.type).sort()).toEqual(["ansible", "shell"]);
  });

  it.each([
    ["HCL as JSON", '{"provisioner":[{"shell":{"inline":["x"]}},{"file":{}}]}', ["hcl2", "shell", "file"]],
    ["HCL as JSON in its short forms", '{"//":"note","provisioner":{"shell":[{},{}]}}', ["hcl2", "shell", "shell"]],
    ["the legacy JSON", '{"provisioners":[{"type":"shell","inline":["x"]}]}', ["json", "shell"]],
  ])("can be %s", async (_what, content, expected) => {
    const read = await checkContent(content, noHcl);
    expect([read.syntax, ...read.provisioners.map((provisioner) => provisioner.type)]).toEqual(expected);
  });

  it.each([
    ["nothing", " \n", /is empty/],
    ["a comment alone", "# nothing\n", /has no provisioner/],
    ["a mistake of syntax", 'provisioner "shell" {\n  inline = [\n}\n', /not valid HCL\. Line 3, column 1/],
    ["another block", 'provisioner "shell" {}\nsource "null" "x" {}\n', /has "source"; only provisioners/],
    ["an argument", "x = 1", /has "x"/],
    ["an argument that looks like a block", 'provisioner = { shell = [{ inline = ["x"] }] }', /is an argument/],
    ["a block without a type", "provisioner {\n}\n", /needs its type/],
    ["a block with two labels", 'provisioner "shell" "x" {\n}\n', /more than one label/],
    ["a variable in a meta argument", 'provisioner "shell" {\n  only = [var.x]\n}\n', /expression in only/],
  ])("cannot be %s in HCL", async (_what, content, message) => {
    await expect(checkContent(content, readHcl)).rejects.toMatchObject({
      kind: "invalid",
      code: "block_content",
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ["a mistake of syntax", '{\n  "provisioner": [1 2]\n}', /not valid JSON\. Line 2, column 21/],
    ["something else", "{]", /not valid JSON/],
    ["another member", '{"provisioner":[{"shell":{}}],"builders":[]}', /has "builders"/],
    ["no provisioner", '{"provisioner":[]}', /has no provisioner/],
    ["an entry that is no object", '{"provisioner":["shell"]}', /every entry/],
    ["arguments that are no object", '{"provisioner":[{"shell":"x"}]}', /not an object/],
    ["a legacy entry without a type", '{"provisioners":[{"type":"shell"},{"inline":[]}]}', /entry 2 .* no "type"/],
    ["a legacy list that is none", '{"provisioners":{"type":"shell"}}', /not an array/],
    ["a duration without a unit", '{"provisioner":{"shell":{"timeout":"5"}}}', /timeout .* not a duration/],
    ["retries that are no number", '{"provisioner":{"shell":{"max_retries":"many"}}}', /max_retries .* whole number/],
    ["only and except", '{"provisioner":{"shell":{"only":["a"],"except":["b"]}}}', /both only and except/],
    ["a hidden expression", '{"provisioner":{"shell":{"override":{"a":{"x":"${var.y}"}}}}}', /expression in override/],
    ["more than 64 KiB", `{"provisioner":{"shell":{"inline":["${"x".repeat(65_536)}"]}}}`, /more than 64 KiB/],
  ])("cannot be %s in JSON", async (_what, content, message) => {
    await expect(checkContent(content, noHcl)).rejects.toMatchObject({
      kind: "invalid",
      code: "block_content",
      message: expect.stringMatching(message) as string,
    });
  });
});
