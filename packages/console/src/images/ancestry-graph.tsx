import "@xyflow/react/dist/style.css";
import { graphlib, layout as runLayout } from "@dagrejs/dagre";
import { Box, Text, useComputedColorScheme } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { Controls, Handle, MarkerType, Position, ReactFlow, type Edge, type Node, type NodeProps } from "@xyflow/react";
import { useMemo } from "react";
import type { Relation } from "../api/registry-types.ts";
import { StatusBadge } from "../parts/status-badge.tsx";
import { findStatus } from "../parts/status.ts";
import classes from "./ancestry-graph.module.css";
import { usePlace } from "./registry-path.ts";
import { versionQuery } from "./registry-queries.ts";
import { VersionLink } from "./version-link.tsx";

interface ImageData extends Record<string, unknown> {
  readonly bucket: string;
  readonly version: string;
  readonly fingerprint: string;
  readonly status: string | undefined;
  readonly here: boolean;
}

type ImageNode = Node<ImageData, "image">;

const width = 210;
const height = 66;
const nodeTypes = { image: ImageBox };

/** The relations as a graph from left to right, parents first; every box links to its version. */
export function AncestryGraph({
  relations,
  bucket,
}: {
  readonly relations: readonly Relation[];
  readonly bucket: string;
}) {
  const place = usePlace();
  const scheme = useComputedColorScheme("light");
  const layout = useMemo(() => layOut(relations), [relations]);
  const versions = useQueries({
    queries: layout.images.map((image) => versionQuery(place, image.bucket_name, image.version_fingerprint)),
  });
  const nodes: ImageNode[] = layout.images.map((image, index) => ({
    id: image.version_id,
    type: "image",
    position: layout.positions[index] ?? { x: 0, y: 0 },
    width,
    height,
    data: {
      bucket: image.bucket_name,
      version: image.version_name,
      fingerprint: image.version_fingerprint,
      status: versions[index]?.data?.status,
      here: image.bucket_name === bucket,
    },
  }));
  const edges: Edge[] = relations.map(({ parent, child, status }) => ({
    id: `${parent.version_id}-${child.version_id}`,
    source: parent.version_id,
    target: child.version_id,
    markerEnd: { type: MarkerType.ArrowClosed },
    ...(status === "UP_TO_DATE" ? {} : { label: findStatus("ancestry", status).label }),
    style:
      status === "OUT_OF_DATE"
        ? { stroke: "var(--tone-warn)", strokeDasharray: "5 4" }
        : { stroke: "var(--tone-quiet)" },
  }));
  return (
    <Box h={Math.min(560, Math.max(220, layout.height + 80))}>
      <ReactFlow
        className={classes["graph"] ?? ""}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.15 }}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        preventScrolling={false}
        zoomOnScroll={false}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} />
      </ReactFlow>
    </Box>
  );
}

function ImageBox({ data }: NodeProps<ImageNode>) {
  return (
    <div className={`${classes["box"] ?? ""} ${data.here ? (classes["here"] ?? "") : ""}`}>
      <Handle type="target" position={Position.Left} className={classes["handle"] ?? ""} isConnectable={false} />
      <Text size="sm" truncate fw={data.here ? 600 : 400}>
        <VersionLink bucket={data.bucket} version={data.fingerprint}>
          {data.bucket} {data.version}
        </VersionLink>
      </Text>
      {data.status === undefined ? (
        <Text size="xs" c="dimmed">
          …
        </Text>
      ) : (
        <StatusBadge of="version" status={data.status} />
      )}
      <Handle type="source" position={Position.Right} className={classes["handle"] ?? ""} isConnectable={false} />
    </div>
  );
}

function layOut(relations: readonly Relation[]) {
  const images = [
    ...new Map(
      relations.flatMap(({ parent, child }) => [parent, child]).map((image) => [image.version_id, image]),
    ).values(),
  ];
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 24, ranksep: 90 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const image of images) graph.setNode(image.version_id, { width, height });
  for (const { parent, child } of relations) graph.setEdge(parent.version_id, child.version_id);
  runLayout(graph);
  const positions = images.map((image) => {
    const { x, y } = graph.node(image.version_id) as { x: number; y: number };
    return { x: x - width / 2, y: y - height / 2 };
  });
  const bottom = Math.max(0, ...positions.map(({ y }) => y + height));
  return { images, positions, height: bottom };
}
