import type { CommandEntry } from "../command-line/command.ts";

export const commands: readonly CommandEntry[] = [
  {
    name: "serve",
    summary: "start the server, and a runner on this machine",
    load: async () => (await import("./serve.ts")).serveCommand,
  },
  {
    name: "runner",
    summary: "work on the runs of a server from this machine",
    load: async () => (await import("./runner.ts")).runnerCommand,
  },
  {
    name: "runner-token",
    summary: "make a token for a runner on another machine",
    load: async () => (await import("./runner-token.ts")).runnerTokenCommand,
  },
  {
    name: "invite",
    summary: "invite a person to an organization, and print the link by which it joins",
    load: async () => (await import("./invite.ts")).inviteCommand,
  },
  {
    name: "env",
    summary: "print the variables that point packer, terraform and tofu at a server",
    load: async () => (await import("./env.ts")).envCommand,
  },
  {
    name: "build",
    summary: "build an image on this machine and publish it",
    load: async () => (await import("./build.ts")).buildCommand,
  },
  {
    name: "publish",
    summary: "register what another tool has built",
    load: async () => (await import("./publish.ts")).publishCommand,
  },
  {
    name: "promote",
    summary: "point a channel at a version",
    load: async () => (await import("./promote.ts")).promoteCommand,
  },
  {
    name: "revoke",
    summary: "revoke a version and its descendants, and list what still runs them",
    load: async () => (await import("./revoke.ts")).revokeCommand,
  },
  {
    name: "where",
    summary: "list which resource in which workspace uses which image",
    load: async () => (await import("./where.ts")).whereCommand,
  },
  {
    name: "packages",
    summary: "list which image contains which package",
    load: async () => (await import("./packages.ts")).packagesCommand,
  },
  {
    name: "status",
    summary: "show how workspaces are: images, drift, checks, alerts",
    load: async () => (await import("./status.ts")).statusCommand,
  },
  {
    name: "assess",
    summary: "look for drift in a workspace now, and evaluate its checks",
    load: async () => (await import("./assess.ts")).assessCommand,
  },
  {
    name: "audit",
    summary: "list, export and verify who did what",
    load: async () => (await import("./audit.ts")).auditCommand,
  },
  {
    name: "vulnerabilities",
    summary: "import archives of advisories, and show what they say about images",
    load: async () => (await import("./vulnerabilities.ts")).vulnerabilitiesCommand,
  },
  {
    name: "version",
    summary: "print the version",
    load: async () => (await import("./version.ts")).versionCommand,
  },
];
