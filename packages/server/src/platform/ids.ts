import { createHash, randomBytes, randomInt, randomUUID } from "node:crypto";
import { monotonicFactory } from "ulid";

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Prefixes of ids on the Terraform plane. Source: go-tfe, validation and the published samples. */
export type ExternalIdPrefix =
  | "org"
  | "prj"
  | "ws"
  | "run"
  | "plan"
  | "apply"
  | "cv"
  | "sv"
  | "wsout"
  | "var"
  | "varset"
  | "wsr"
  | "sshkey"
  | "rtk"
  | "drp"
  | "user"
  | "ou"
  | "team"
  | "tws"
  | "tprj"
  | "at"
  | "runner"
  | "job"
  | "asmtres"
  | "use"
  | "log"
  | "nc"
  | "ts"
  | "rt"
  | "apool"
  | "agent"
  | "task"
  | "wstask"
  | "taskrs"
  | "outcome"
  | "pol"
  | "polset"
  | "polsetver"
  | "poleval"
  | "psout"
  | "sq"
  | "eba"
  | "wscr";

export const newUlid: () => string = monotonicFactory();

export function newUuid(): string {
  return randomUUID();
}

/** `<prefix>-` and 16 characters of base 58, as the Terraform plane shows its ids. */
export function newExternalId(prefix: ExternalIdPrefix): string {
  let id = `${prefix}-`;
  for (let i = 0; i < 16; i++) id += alphabet[randomInt(alphabet.length)];
  return id;
}

/** A random credential of 256 bits with a prefix that secret scanners can find. */
export function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** What is stored of a random credential. A plain hash is enough: the input has 256 bits of entropy. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
