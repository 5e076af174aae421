import { PageHeader } from "../parts/page-header.tsx";
import { Loading } from "../parts/states.tsx";

export function AlertsPage() {
  return (
    <>
      <PageHeader title="Alerts" />
      <Loading />
    </>
  );
}
