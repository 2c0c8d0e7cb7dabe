// Places the nodes of the chain map: from left to right in the direction of the calls.
import dagre from "@dagrejs/dagre";
import type { Chains, EdgeItem, NodeItem } from "../../api/client";

export const NODE_WIDTH = 148;
export const NODE_HEIGHT = 54;

export interface Placed {
  width: number;
  height: number;
  nodes: { node: NodeItem; x: number; y: number }[];
  edges: { edge: EdgeItem; points: { x: number; y: number }[]; label: { x: number; y: number } }[];
}

export function layout(chains: Chains): Placed {
  const graph = new dagre.graphlib.Graph({ multigraph: false });
  graph.setGraph({ rankdir: "LR", nodesep: 26, ranksep: 40, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  const nodes = [...chains.nodes].sort((a, b) => a.id.localeCompare(b.id));
  for (const node of nodes) {
    graph.setNode(node.id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  }
  // In one order whatever the answer's, so that the map stands still from one refresh to the next.
  const edges = [...chains.edges].sort((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to));
  for (const edge of edges) {
    graph.setEdge(edge.from, edge.to, { width: 92, height: 38, labelpos: "c" });
  }
  dagre.layout(graph);
  const size = graph.graph();
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    nodes: nodes.map((node) => {
      const at = graph.node(node.id);
      return { node, x: at.x ?? 0, y: at.y ?? 0 };
    }),
    edges: edges.map((edge) => {
      const at = graph.edge(edge.from, edge.to);
      const points = at.points ?? [];
      const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
      return { edge, points, label: { x: at.x ?? middle.x, y: at.y ?? middle.y } };
    }),
  };
}

/** A smooth line through all of the points (Catmull-Rom), so that a label in the middle lies on it. */
export function path(points: { x: number; y: number }[]): string {
  const first = points[0];
  if (!first) {
    return "";
  }
  let d = `M${first.x},${first.y}`;
  for (let i = 0; i < points.length - 1; i++) {
    const from = points[i] ?? first;
    const to = points[i + 1] ?? from;
    const before = points[i - 1] ?? from;
    const after = points[i + 2] ?? to;
    const out = { x: from.x + (to.x - before.x) / 6, y: from.y + (to.y - before.y) / 6 };
    const into = { x: to.x - (after.x - from.x) / 6, y: to.y - (after.y - from.y) / 6 };
    d += ` C${out.x},${out.y} ${into.x},${into.y} ${to.x},${to.y}`;
  }
  return d;
}
