import { sql, type RawBuilder } from "kysely";

/** The condition that a row belongs to one of these projects; null: to any. `column` is never a text from a request. */
export function inProjects(column: string, projects: readonly string[] | null): RawBuilder<boolean> {
  if (projects === null) return sql<boolean>`1 = 1`;
  if (projects.length === 0) return sql<boolean>`1 = 0`;
  return sql<boolean>`${sql.ref(column)} in (${sql.join(projects)})`;
}

/** As {@link inProjects}, with what belongs to the organization as a whole: for whoever sees a project of it. */
export function inProjectsOrNone(column: string, projects: readonly string[] | null): RawBuilder<boolean> {
  if (projects === null || projects.length === 0) return inProjects(column, projects);
  return sql<boolean>`(${inProjects(column, projects)} or ${sql.ref(column)} is null)`;
}

/** As {@link inProjects}, with single workspaces elsewhere: for whoever has access to those alone. */
export function inProjectsOrWorkspaces(
  columns: { readonly project: string; readonly workspace: string },
  scope: { readonly projects: readonly string[] | null; readonly workspaces?: readonly string[] },
): RawBuilder<boolean> {
  const { projects, workspaces = [] } = scope;
  const inProject = inProjects(columns.project, projects);
  if (projects === null || workspaces.length === 0) return inProject;
  return sql<boolean>`(${inProject} or ${sql.ref(columns.workspace)} in (${sql.join(workspaces)}))`;
}
