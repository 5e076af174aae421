import { PageHeader } from "../parts/page-header.tsx";
import { Loading } from "../parts/states.tsx";

export function WorkspacesPage() {
  return (
    <>
      <PageHeader title="Workspaces" />
      <Loading />
    </>
  );
}
