import { PageHeader } from "../parts/page-header.tsx";
import { Loading } from "../parts/states.tsx";

export function ImagesPage() {
  return (
    <>
      <PageHeader title="Images" />
      <Loading />
    </>
  );
}
