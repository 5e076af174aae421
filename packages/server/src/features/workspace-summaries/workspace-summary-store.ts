import type { Insertable } from "kysely";
import type { Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { WorkspaceSummaries } from "../../db/schema.gen.ts";
import { describeDependency, nameOf, type Dependency } from "./dependency.ts";

/** Whose summary it is. */
export interface SummarizedWorkspace {
  readonly id: string;
  readonly organizationId: string;
}

export async function listDependencies(tx: Tx, workspaceId: string): Promise<Dependency[]> {
  const rows = await tx
    .selectFrom("workspace_dependencies")
    .selectAll()
    .where("workspace_id", "=", workspaceId)
    .orderBy("kind")
    .orderBy("source")
    .orderBy("version")
    .execute();
  return rows.map(({ kind, source, version, reported }) => ({
    kind: kind as Dependency["kind"],
    source,
    version,
    reported: reported === 1,
  }));
}

/** Makes these the workspace's, and says so in its summary. The caller has locked the workspace. */
export async function replaceDependencies(
  tx: Tx,
  workspace: SummarizedWorkspace,
  dependencies: readonly Dependency[],
): Promise<void> {
  await tx.deleteFrom("workspace_dependencies").where("workspace_id", "=", workspace.id).execute();
  await inChunks(
    dependencies,
    async (chunk) => {
      await tx
        .insertInto("workspace_dependencies")
        .values(
          chunk.map((one) => ({
            workspace_id: workspace.id,
            organization_id: workspace.organizationId,
            kind: one.kind,
            source: one.source,
            version: one.version,
            name: nameOf(one),
            reported: one.reported ? 1 : 0,
          })),
        )
        .execute();
      return [];
    },
    500,
  );
  const providers = dependencies.filter((one) => one.kind === "provider");
  const modules = dependencies.filter((one) => one.kind === "module");
  await saveSummary(tx, workspace, {
    providers: listed(providers),
    provider_count: distinctSources(providers),
    modules: listed(modules),
    module_count: distinctSources(modules),
  });
}

function listed(dependencies: readonly Dependency[]): string | null {
  return dependencies.length === 0 ? null : dependencies.map(describeDependency).join(", ");
}

function distinctSources(dependencies: readonly Dependency[]): number {
  return new Set(dependencies.map(({ source }) => source)).size;
}

type SummaryColumns = Omit<Insertable<WorkspaceSummaries>, "workspace_id" | "organization_id">;

/** Changes these columns of a workspace's summary and no others. */
export async function saveSummary(tx: Tx, workspace: SummarizedWorkspace, columns: SummaryColumns): Promise<void> {
  await tx
    .insertInto("workspace_summaries")
    .values({ workspace_id: workspace.id, organization_id: workspace.organizationId, ...columns })
    .onConflict((c) => c.column("workspace_id").doUpdateSet(columns))
    .execute();
}
