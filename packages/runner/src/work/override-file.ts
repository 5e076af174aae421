import { nameThatSortsLast } from "./name-that-sorts-last.ts";
import { quoteHcl } from "./variables-file.ts";

// The longer first: a name is cut where its own suffix begins.
const overrideSuffixes = [".tf", ".tf.json", ".tofu", ".tofu.json"].flatMap((ending) => [`_override${ending}`, ending]);

/**
 * The override files that replace the configuration's `cloud` or `backend` block by a local state, in a directory that
 * holds `names`. They sort after the user's own override files, of which the last one wins. OpenTofu from 1.8 reads a
 * `.tofu` file instead of the `.tf` file of the same name, older ones and Terraform do not: hence both.
 */
export function overrideFileNames(names: readonly string[]): string[] {
  const overrides = names.filter((name) => /(^|_)override\.(tf|tofu)(\.json)?$/.test(name));
  const name = nameThatSortsLast(overrides, "zzz_ingot", ["_override.tf", ...overrideSuffixes]);
  return [name, name.replace(/\.tf$/, ".tofu")];
}

/**
 * The local backend. Both paths are relative to the working directory, since a plan file remembers them and is applied
 * in another job's directory.
 */
export function renderLocalBackend(paths: { readonly state: string; readonly workspaceDir: string }): string {
  return `terraform {
  backend "local" {
    path          = ${quoteHcl(paths.state)}
    workspace_dir = ${quoteHcl(paths.workspaceDir)}
  }
}
`;
}
