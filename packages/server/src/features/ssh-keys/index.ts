export { changeSshKey, createSshKey, deleteSshKey, getSshKey, useSshKey, type SshKeyDeps } from "./manage-ssh-keys.ts";
export { listSshKeys, readSshKey, type SshKey } from "./ssh-key-store.ts";
