import { isForeignKeyViolation } from "../../db/database.ts";
import { projectNotFound } from "./project.ts";

/**
 * Writes something into a project that was read before, and that somebody may have deleted since. Errors:
 * not_found/project_not_found.
 */
export async function inProject<Written>(projectId: string, write: Promise<Written>): Promise<Written> {
  try {
    return await write;
  } catch (error) {
    throw isForeignKeyViolation(error) ? projectNotFound(projectId) : error;
  }
}
