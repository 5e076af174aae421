import { PageHeader } from "../parts/page-header.tsx";
import { Loading } from "../parts/states.tsx";

export function RunsPage() {
  return (
    <>
      <PageHeader title="Runs" />
      <Loading />
    </>
  );
}
