/** A PostgreSQL of its own. */
export interface PostgresCluster {
  readonly url: string;
  /** After a kill: resolves when it takes connections again. */
  start(): Promise<void>;
  /** SIGKILL to its first process; the others end by themselves. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** The directory with PostgreSQL's programs; undefined when this machine has none. */
export function findPostgres(): string | undefined;

export function startPostgres(binaries: string): Promise<PostgresCluster>;
