import { PageHeader } from "../parts/page-header.tsx";
export function WorkspacePage() {
  return <PageHeader title="Workspace" />;
}
export function LinkedWorkspacePage() {
  return <PageHeader title="Workspace" />;
}
