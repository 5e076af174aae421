import { PageHeader } from "../parts/page-header.tsx";
import { Loading } from "../parts/states.tsx";

export function HomePage() {
  return (
    <>
      <PageHeader title="Home" />
      <Loading />
    </>
  );
}
