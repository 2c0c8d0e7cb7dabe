// Two traces side by side: what is called the same in the same place is one row.
import type { SpanItem, TraceDetail } from "../../api/client";
import { label, rows, target } from "../../components/waterfall";

export interface Pair {
  /** Unique in the comparison. */
  key: string;
  depth: number;
  name: string;
  to: string;
  function: string;
  isInvocation: boolean;
  a?: SpanItem;
  b?: SpanItem;
}

interface Node extends Pair {
  startUs: number;
  children: Map<string, Node>;
}

/** Rows in the order of their start, children under their parents. */
export function pairs(a: TraceDetail, b: TraceDetail): Pair[] {
  const root = new Map<string, Node>();
  add(a, "a", root);
  add(b, "b", root);
  const result: Pair[] = [];
  // Not recursive: a chain may be thousands deep.
  const stack = inOrder(root).reverse();
  for (let next = stack.pop(); next; next = stack.pop()) {
    result.push(next);
    stack.push(...inOrder(next.children).reverse());
  }
  return result;
}

function inOrder(nodes: Map<string, Node>): Node[] {
  return [...nodes.values()].sort((x, y) => x.startUs - y.startUs);
}

function add(trace: TraceDetail, side: "a" | "b", root: Map<string, Node>) {
  const path: Node[] = [];
  for (const { span, depth } of rows(trace)) {
    const siblings = depth === 0 ? root : (path[depth - 1]?.children ?? root);
    const to = target(span);
    const name = label(span);
    // What comes behind a host is an order's number as often as it is a route.
    const kind = [name, to.split("/")[0], span.function].join("\n");
    // The second call of a kind is compared with the second one.
    let nth = 1;
    while (siblings.get(`${kind}\n${nth}`)?.[side]) {
      nth++;
    }
    const own = `${kind}\n${nth}`;
    const known = siblings.get(own);
    const startUs = span.startUs - trace.startUs;
    const node: Node = known ?? {
      key: `${path[depth - 1]?.key ?? ""}\n${own}`,
      depth,
      name,
      to,
      function: span.function,
      isInvocation: span.outcome !== "",
      startUs,
      children: new Map(),
    };
    node[side] = span;
    siblings.set(own, node);
    path.length = depth;
    path[depth] = node;
  }
}

/** How much longer it took in the first than in the second, microseconds; what is not there took nothing. */
export function difference({ a, b }: Pair): number {
  return (a?.durationUs ?? 0) - (b?.durationUs ?? 0);
}
