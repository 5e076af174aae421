import { describe, expect, it } from "vitest";
import { convertText, environmentName, resolveServerConfig, type ConfigSource } from "./server-config.ts";

const flags = (values: Record<string, unknown>): ConfigSource => ({ nameOf: (key) => `--${key}`, values });
const environment = (values: Record<string, unknown>): ConfigSource => ({ nameOf: environmentName, values });

describe("resolveServerConfig", () => {
  it("needs nothing: every setting has a sensible value or none", () => {
    expect(resolveServerConfig([])).toMatchObject({ listen: "127.0.0.1:8443", "data-dir": "ingot-data", runner: true });
  });

  it("lets an earlier source win over a later one", () => {
    const config = resolveServerConfig([
      flags({ listen: "127.0.0.1:1" }),
      environment({ listen: "127.0.0.1:2", admin: "root" }),
    ]);
    expect(config).toMatchObject({ listen: "127.0.0.1:1", admin: "root" });
  });

  it.each([
    [flags({ listen: "nowhere" }), ["--listen", '"nowhere"', "HOST:PORT"]],
    [environment({ "runner-concurrency": 0 }), ["INGOT_RUNNER_CONCURRENCY", "0", "runs it works on at once"]],
    [environment({ "log-level": "loud" }), ["INGOT_LOG_LEVEL", '"loud"', "trace, debug"]],
    [flags({ "public-url": "https://host/path" }), ["--public-url", "no path"]],
    [flags({ "data-dirr": "x" }), ["--data-dirr", "not a setting", "data-dir"]],
    [flags({ "tls-cert-file": "c.pem" }), ["tls-cert-file", "tls-key-file"]],
    [flags({ "plain-http": true }), ["plain-http", "public-url"]],
    [flags({ listen: "127.0.0.1:70000" }), ["listen", "65535"]],
    [flags({ "smtp-url": "smtp://mail.example" }), ["smtp-url", "mail-from"]],
    [flags({ "smtp-url": "smtp://u:p@s@h:x", "mail-from": "a@b" }), ["smtp-url", "encode"]],
    [flags({ "mail-from": "nobody", "smtp-url": "smtp://h" }), ["--mail-from", "sender"]],
    [environment({ "outbound-allow": ["10.0.0.0/99"] }), ["outbound-allow", "10.0.0.0/99"]],
    [environment({ "outbound-allow": ["https://hooks"] }), ["outbound-allow", "https://hooks"]],
  ])("names the key, what was given and what is allowed: %j", (source, parts) => {
    let message = "";
    try {
      resolveServerConfig([source]);
    } catch (error) {
      message = (error as Error).message;
    }
    for (const part of parts) expect(message).toContain(part);
  });

  it("never prints the password of a mail server that it refuses", () => {
    for (const url of ["ftp://ingot:c2VjcmV0@mail.example", "smtp://ingot:c2VjcmV0@mail:x"]) {
      const source = environment({ "smtp-url": url, "mail-from": "a@b" });
      expect(() => resolveServerConfig([source])).toThrow(/^(?!.*c2VjcmV0).*smtp[-_]url.*$/is);
    }
  });

  it("never prints a master key that it refuses", () => {
    expect(() => resolveServerConfig([environment({ "master-key": "c2VjcmV0" })])).toThrow(
      /^(?!.*c2VjcmV0).*INGOT_MASTER_KEY.*$/s,
    );
  });
});

describe("convertText", () => {
  it.each([
    ["runner", "false", false],
    ["runner", "maybe", "maybe"],
    ["runner-concurrency", "3", 3],
    ["runner-concurrency", "three", "three"],
    ["host-names", "a.example, b.example", ["a.example", "b.example"]],
    ["listen", "127.0.0.1:0", "127.0.0.1:0"],
  ])("reads %s=%s", (key, text, value) => {
    expect(convertText(key, text)).toEqual(value);
  });
});
