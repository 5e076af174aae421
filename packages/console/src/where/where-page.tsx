import { PageHeader } from "../parts/page-header.tsx";
import { Loading } from "../parts/states.tsx";

export function WherePage() {
  return (
    <>
      <PageHeader title="Where" />
      <Loading />
    </>
  );
}
