import { PageHeader } from "../parts/page-header.tsx";
import { Loading } from "../parts/states.tsx";

export function HealthPage() {
  return (
    <>
      <PageHeader title="Health" />
      <Loading />
    </>
  );
}
