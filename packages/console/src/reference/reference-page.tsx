import { PageHeader } from "../parts/page-header.tsx";
import { Loading } from "../parts/states.tsx";

export function ReferencePage() {
  return (
    <>
      <PageHeader title="Reference" />
      <Loading />
    </>
  );
}
