import { PageHeader } from "../parts/page-header.tsx";
import { Loading } from "../parts/states.tsx";

export function SettingsPage() {
  return (
    <>
      <PageHeader title="Settings" />
      <Loading />
    </>
  );
}
