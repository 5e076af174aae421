export { destroyDueWorkspaces, type AutoDestroyDeps } from "./destroy-due-workspaces.ts";
