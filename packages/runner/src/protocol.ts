import { Type, type Static } from "typebox";

/**
 * What a runner and the server say to each other, JSON over HTTPS below `/api/runner/v1`, with the runner's bearer token.
 * Both sides are built from this file. A refusal is `{ "error": "<code>", "message": "<what to do>" }`; the code
 * `lease_lost` (409) means that the job belongs to somebody else now: the runner ends its work and reports nothing.
 *
 *   POST /jobs/claim              ClaimRequest    -> ClaimReply    waits up to `wait_seconds` for a job
 *   POST /jobs/:job_id/lease      LeaseRequest    -> LeaseReply    every `heartbeat_seconds`; says whether to stop
 *   POST /jobs/:job_id/complete   CompleteRequest -> {}            the last word; repeating it is harmless
 *   PUT  /jobs/:job_id/late-state?fence=N   a state (octets) -> LateStateReply   what an apply has written and could not send
 *                                 while it had its lease; the server keeps it without changing what others have written since
 *
 * The URLs in a job need no bearer: each is signed, ends soon after the lease, and serves this one job and fence:
 * An assessment is a plan that nobody applies: its job may neither send a state nor touch a plan file.
 *   GET  configuration            tar.gz, as the client uploaded it
 *   GET  state                    the workspace's current state, byte for byte
 *   GET/PUT  plan_file            opaque to the server: what the apply phase needs from the plan phase
 *   PUT  plan_json                `show -json` of the plan
 *   PUT  plan_rendered            the plan as command lines render it, redacted, with the schemas of its types
 *   PUT  state                    a state snapshot; `?final=true` for the last one of the phase
 *   PUT  log?offset=N             bytes of the log from offset N on; N is the length the server has, in bytes. A chunk that
 *                                 the server has already is accepted and ignored; a gap is 409 `log_gap`
 */
export const PhaseSchema = Type.Union([Type.Literal("plan"), Type.Literal("apply"), Type.Literal("assess")]);
export type Phase = Static<typeof PhaseSchema>;

export const EngineNameSchema = Type.Union([Type.Literal("tofu"), Type.Literal("terraform")]);
export type EngineName = Static<typeof EngineNameSchema>;

export const ClaimRequestSchema = Type.Object({
  /** Shown to people; the token says who the runner is. */
  runner: Type.String({ maxLength: 255 }),
  engines: Type.Array(Type.Object({ name: EngineNameSchema, version: Type.String({ maxLength: 64 }) }), {
    maxItems: 100,
  }),
  /** Engines that it fetches in any version when it has none that fits. */
  downloads: Type.Optional(Type.Array(EngineNameSchema, { maxItems: 10 })),
  wait_seconds: Type.Integer({ minimum: 0, maximum: 25 }),
  /** What this runner can do; without it plans and applies. */
  phases: Type.Optional(Type.Array(PhaseSchema, { maxItems: 10 })),
});
export type ClaimRequest = Static<typeof ClaimRequestSchema>;

/** A value for an input variable. `hcl`: the value is an expression in HCL; otherwise it is a plain text. */
export const RunVariableSchema = Type.Object({ key: Type.String(), value: Type.String(), hcl: Type.Boolean() });
export type RunVariable = Static<typeof RunVariableSchema>;

export const RunnerJobSchema = Type.Object({
  id: Type.String(),
  /** Sent back with every word about this job. */
  fence: Type.Integer(),
  lease_seconds: Type.Integer(),
  heartbeat_seconds: Type.Integer(),
  phase: PhaseSchema,
  /** Of the run, or of the assessment. */
  run_id: Type.String(),
  workspace: Type.Object({ id: Type.String(), name: Type.String(), organization: Type.String() }),
  engine: Type.Object({
    /** Null: whichever the runner has; it prefers tofu. */
    name: Type.Union([EngineNameSchema, Type.Null()]),
    /** A version or a constraint such as `~> 1.9.0`; null: the newest the runner has. */
    version: Type.Union([Type.String(), Type.Null()]),
  }),
  /** Relative to the root of the configuration; empty for the root itself. Checked by the runner again. */
  working_directory: Type.String(),
  options: Type.Object({
    destroy: Type.Boolean(),
    refresh: Type.Boolean(),
    refresh_only: Type.Boolean(),
    targets: Type.Array(Type.String()),
    replaces: Type.Array(Type.String()),
    /** Actions to invoke, and nothing else. Only engines that know actions can. */
    invokes: Type.Optional(Type.Array(Type.String())),
    /** Directories with policies to check the plan against. Only engines that have policies of their own can. */
    policies: Type.Optional(Type.Array(Type.String())),
    /** What is imported without a configuration gets one, in the rendered plan; also when the plan fails because of it. */
    generate_config: Type.Optional(Type.Boolean()),
    /** The engine logs as `-json` makes it, a JSON object a line, for a client that renders it. Without it for people. */
    structured: Type.Optional(Type.Boolean()),
  }),
  /** Input variables of workspace and run, already merged by precedence. */
  variables: Type.Array(RunVariableSchema),
  /** The whole environment of the engine, but for what the runner itself adds (PATH, HOME, TMPDIR, CA bundle, TF_*). */
  environment: Type.Record(Type.String(), Type.String()),
  /** What the engine needs to log in elsewhere; undefined: nothing. */
  identity: Type.Optional(
    Type.Object({
      /** Stands in `environment` and `files` for the directory that the runner puts the files in. */
      placeholder: Type.String({ minLength: 16 }),
      /** Contents by name. */
      files: Type.Record(Type.String({ pattern: "^[A-Za-z0-9_.-]+$" }), Type.String()),
      /** The runner logs in by `token`, keeps what it gets in `token_file`, renews it, and revokes it at the end. */
      vaults: Type.Array(
        Type.Object({
          address: Type.String(),
          namespace: Type.Union([Type.String(), Type.Null()]),
          auth_path: Type.String(),
          role: Type.String(),
          token: Type.String(),
          ca_pem: Type.Union([Type.String(), Type.Null()]),
          token_file: Type.String({ pattern: "^[A-Za-z0-9_.-]+$" }),
          /** Whether VAULT_TOKEN is this one. */
          in_environment: Type.Boolean(),
        }),
      ),
      /** Why there are no credentials although they were asked for: the phase fails with it. */
      problem: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  /** Values that never appear in the log. */
  masked: Type.Array(Type.String()),
  /** Wall-clock limit of the phase. */
  timeout_seconds: Type.Integer(),
  urls: Type.Object({
    configuration: Type.String(),
    /** Null: the workspace has no state yet. */
    state: Type.Union([Type.String(), Type.Null()]),
    state_upload: Type.String(),
    plan_file: Type.String(),
    plan_json: Type.String(),
    /** Absent: nobody will ask for it, and making it costs reading every schema. */
    plan_rendered: Type.Optional(Type.String()),
    log: Type.String(),
  }),
  /** Largest configuration after unpacking. */
  archive_bytes_max: Type.Integer(),
});
export type RunnerJob = Static<typeof RunnerJobSchema>;

export const ClaimReplySchema = Type.Object({ job: Type.Union([RunnerJobSchema, Type.Null()]) });
export type ClaimReply = Static<typeof ClaimReplySchema>;

export const LeaseRequestSchema = Type.Object({ fence: Type.Integer() });
export type LeaseRequest = Static<typeof LeaseRequestSchema>;

/** `interrupt` asks the engine to stop, so that it saves its state; `kill` ends it at once. */
export const LeaseReplySchema = Type.Object({
  stop: Type.Union([Type.Literal("no"), Type.Literal("interrupt"), Type.Literal("kill")]),
});
export type LeaseReply = Static<typeof LeaseReplySchema>;

/** `current`: it is the workspace's state. `beside`: kept as a version, others have gone on. `known`: the server had it. */
export const LateStateReplySchema = Type.Object({
  kept: Type.Union([Type.Literal("current"), Type.Literal("beside"), Type.Literal("known")]),
});
export type LateStateReply = Static<typeof LateStateReplySchema>;

export const ResourceCountsSchema = Type.Object({
  additions: Type.Integer(),
  changes: Type.Integer(),
  destructions: Type.Integer(),
  imports: Type.Integer(),
});
export type ResourceCounts = Static<typeof ResourceCountsSchema>;

const DependencySchema = Type.Object({
  /** With its host: `registry.terraform.io/hashicorp/aws`. */
  source: Type.String({ minLength: 1, maxLength: 512 }),
  /** Empty: it has none, such as a module from a repository. */
  version: Type.String({ maxLength: 128 }),
});

/** What `init` has selected; modules from the configuration's own directories are left out. */
export const DependenciesSchema = Type.Object({
  providers: Type.Array(DependencySchema, { maxItems: 200 }),
  modules: Type.Array(DependencySchema, { maxItems: 500 }),
});
export type Dependencies = Static<typeof DependenciesSchema>;

export const CompleteRequestSchema = Type.Object({
  fence: Type.Integer(),
  outcome: Type.Union([Type.Literal("finished"), Type.Literal("errored"), Type.Literal("canceled")]),
  /** Why it did not finish, in a sentence for people; the log holds the details. */
  message: Type.Optional(Type.String({ maxLength: 4000 })),
  /** The server writes the message at the end of the log: whoever reports cannot. */
  in_log: Type.Optional(Type.Boolean()),
  /** Plan: whether applying would change anything, outputs included. */
  has_changes: Type.Optional(Type.Boolean()),
  counts: Type.Optional(ResourceCountsSchema),
  engine: Type.Optional(Type.Object({ name: EngineNameSchema, version: Type.String({ maxLength: 64 }) })),
  /** Of the configuration that was planned or applied; absent: not known. */
  dependencies: Type.Optional(DependenciesSchema),
});
export type CompleteRequest = Static<typeof CompleteRequestSchema>;
