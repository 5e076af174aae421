import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { IconDownload, IconHelpCircle, IconSearch } from "@tabler/icons-react";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isApiError } from "../api/api-error.ts";
import type { Version } from "../api/registry-types.ts";
import type { Sbom } from "../api/types.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { LoadMore } from "../parts/load-more.tsx";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty, Failure } from "../parts/states.tsx";
import { usePlace } from "./registry-path.ts";
import { linkToSbom, packagesQuery, sbomsQuery, type BuildRef, type Package } from "./sbom-queries.ts";

/** What the builds of a version are made of, as their SBOMs say. */
export function PackagesPanel({ version }: { readonly version: Version }) {
  const [chosen, setChosen] = useState<string>();
  const build = version.builds.find((one) => one.id === chosen) ?? version.builds[0];
  if (build === undefined) return null;
  const ref = { bucket: version.bucket_name, fingerprint: version.fingerprint, buildId: build.id };
  return (
    <Panel
      title="Packages"
      description="What the image is made of, as its SBOMs say."
      actions={
        version.builds.length > 1 && (
          <NativeSelect
            aria-label="Build"
            size="xs"
            value={build.id}
            onChange={(event) => setChosen(event.currentTarget.value)}
            data={version.builds.map((one) => ({ value: one.id, label: one.component_type }))}
          />
        )
      }
    >
      <Sboms key={build.id} buildRef={ref} />
    </Panel>
  );
}

function Sboms({ buildRef }: { readonly buildRef: BuildRef }) {
  const sboms = useQuery(sbomsQuery(usePlace(), buildRef));
  return (
    <QueryView
      query={sboms}
      needs="registry:read"
      what="The list of SBOMs"
      isEmpty={(found) => found.length === 0}
      empty={
        <Empty title="No SBOM">
          Nobody has uploaded one, so what the image is made of is not known. Packer&apos;s hcp-sbom provisioner and
          ingot publish upload SPDX and CycloneDX documents.
        </Empty>
      }
    >
      {(found) => (
        <Stack>
          <Group gap="xs">
            {found.map((sbom) => (
              <Download key={sbom.id} buildRef={buildRef} sbom={sbom} />
            ))}
          </Group>
          {found
            .filter((sbom) => sbom.unreadable_because !== null)
            .map((sbom) => (
              <Notice key={sbom.id} tone="warn" title={`${sbom.name} could not be parsed`}>
                Its packages are not known: {sbom.unreadable_because}.
              </Notice>
            ))}
          {found.some((sbom) => sbom.unreadable_because === null) && <Packages buildRef={buildRef} />}
        </Stack>
      )}
    </QueryView>
  );
}

function Download({ buildRef, sbom }: { readonly buildRef: BuildRef; readonly sbom: Sbom }) {
  const place = usePlace();
  const download = useMutation({
    mutationFn: async () => {
      if (place !== undefined) globalThis.location.assign(await linkToSbom(place, buildRef, sbom.name));
    },
  });
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconDownload size={14} aria-hidden />}
        loading={download.isPending}
        onClick={() => download.mutate()}
      >
        {sbom.name} ({sbom.unreadable_because === null ? formats[sbom.format] : "unreadable"})
      </Button>
      {download.error !== null && <Failure error={download.error} what={`The SBOM ${sbom.name}`} />}
    </>
  );
}

const formats = { spdx: "SPDX", cyclonedx: "CycloneDX" } as const satisfies Record<Sbom["format"], string>;

const columns: readonly Column<Package>[] = [
  { key: "name", header: "Package", cell: ({ name }) => name },
  { key: "version", header: "Version", cell: ({ version }) => version || <Text c="dimmed">not said</Text> },
  { key: "purl", header: "Package URL", from: "md", cell: ({ purl }) => purl || <Text c="dimmed">–</Text> },
  { key: "sboms", header: "SBOM", from: "md", cell: ({ sboms }) => sboms.map((sbom) => sbom.name).join(", ") },
];

const typingMs = 300;

// google.rpc FAILED_PRECONDITION: nothing was found, and it may be in an SBOM that could not be parsed.
const unknownCode = "9";

function Packages({ buildRef }: { readonly buildRef: BuildRef }) {
  const [text, setText] = useState("");
  const [beginning] = useDebouncedValue(text.trim(), typingMs);
  const packages = useInfiniteQuery(packagesQuery(usePlace(), buildRef, beginning));
  const rows = packages.data?.pages.flatMap((page) => page.packages);
  const { error } = packages;
  return (
    <>
      <TextInput
        maw={360}
        label="Filter"
        description="The beginning of a package's name"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {isApiError(error) && error.code === unknownCode ? (
        <Empty icon={IconHelpCircle} title="Nobody knows whether it is there">
          {error.message}
        </Empty>
      ) : (
        <QueryView
          query={{ ...packages, data: rows }}
          what="The list of packages"
          isEmpty={(found) => found.length === 0}
          empty={<Empty title="No such package">No package of this build begins with {beginning}.</Empty>}
        >
          {(found) => (
            <>
              <DataTable
                label="Packages"
                columns={columns}
                rows={found}
                rowKey={(one) => `${one.name} ${one.version} ${one.purl}`}
                minWidth={480}
              />
              <LoadMore query={packages} />
            </>
          )}
        </QueryView>
      )}
    </>
  );
}
