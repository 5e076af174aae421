import { PageHeader } from "../parts/page-header.tsx";
import { PageButton } from "../parts/link.tsx";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { IconSearchOff } from "@tabler/icons-react";

export function NotFoundPage() {
  return (
    <>
      <PageHeader title="Not found" />
      <Empty
        icon={IconSearchOff}
        title="There is no such page"
        actions={
          <PageButton to="/" variant="default">
            Go home
          </PageButton>
        }
      >
        The address may be mistyped, or made for another version of the console.
      </Empty>
    </>
  );
}

export function FailedPage({ error }: { readonly error: unknown }) {
  return <Failure error={error} what="The page" retry={() => window.location.reload()} />;
}

export function PendingPage() {
  return <Loading rows={6} />;
}
