/**
 * @file The fusion modes of arXiv 2411.00838 as a baseline: branches of trained blocks are left out instead of folded in,
 * so the model computes something else afterwards – how much worse is to be measured (`deletion` rows of the experiment). Found
 * by structure, as fusion finds them: a block is a sum of linear branches that read one value, one of them a 3×3.
 */
import { bypassIdentities } from '../graph/bypass.ts';
import { dropUnread } from '../graph/drop-unread.ts';
import type { Values } from '../graph/infer-shapes.ts';
import type { Graph, GraphNode, Model } from '../graph/model.ts';
import { consumerCounts } from '../graph/model.ts';
import { linearOf, type Scope } from './linear-operators.ts';

/** What is kept: all; the 3×3 and the 1×1; the 3×3 and the identity. */
export const DELETION_MODES = ['none', '3x3_1x1', '3x3_identity'] as const;
export type DeletionMode = (typeof DELETION_MODES)[number];

/** `identity`: the block's input itself, or that scaled and shifted by channel (a norm). `other` is never deleted. */
type BranchKind = '3x3' | '1x1' | 'identity' | 'other';

export interface Deletion {
  readonly model: Model;
  /** Blocks with a 3×3 branch that were found. */
  readonly blocks: number;
  /** Branches that are gone. */
  readonly deleted: { readonly '1x1': number; readonly identity: number };
}

const DELETED: Readonly<Record<DeletionMode, BranchKind | null>> = {
  none: null,
  '3x3_1x1': 'identity',
  '3x3_identity': '1x1',
};

/** `values`: shapes of the model as it is; the result's have to be inferred anew. */
export function deleteBranches(model: Model, values: Values, mode: DeletionMode): Deletion {
  const graph = bypassIdentities(model.graph);
  const branches = new Blocks({ graph, values }).branches();
  const doomed = branches.filter(({ kind }) => kind === DELETED[mode]);
  const counted = (kind: BranchKind): number => doomed.filter((branch) => branch.kind === kind).length;
  return {
    model: doomed.length === 0 ? model : { ...model, graph: without(graph, doomed) },
    blocks: new Set(branches.map(({ root }) => root)).size,
    deleted: { '1x1': counted('1x1'), identity: counted('identity') },
  };
}

/** A branch is where a sum reads it: its value may have other readers. */
interface Leaf {
  readonly sum: GraphNode;
  readonly input: number;
}

interface Branch extends Leaf {
  readonly kind: BranchKind;
  /** The last sum of its block. */
  readonly root: GraphNode;
}

const nameAt = ({ sum, input }: Leaf): string => sum.inputs[input] ?? '';

class Blocks {
  private readonly scope: Scope;
  private readonly makers: ReadonlyMap<string, GraphNode>;
  private readonly consumers: ReadonlyMap<string, number>;
  private readonly previous = new Map<string, string | null>();

  constructor(scope: Scope) {
    this.scope = scope;
    const { nodes } = scope.graph;
    this.makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
    this.consumers = consumerCounts(scope.graph);
  }

  /** Of every block that has a 3×3. */
  branches(): readonly Branch[] {
    const covered = new Set<GraphNode>();
    return this.scope.graph.nodes.toReversed().flatMap((root) => {
      if (covered.has(root) || !this.isSum(root)) return [];
      const sums = this.sumsOf(root);
      const leaves = this.leavesOf(sums);
      const source = this.sourceOf(leaves);
      if (source === null) return [];
      for (const sum of sums) covered.add(sum);
      const kinds = leaves.map((leaf) => ({ ...leaf, root, kind: this.kindOf(nameAt(leaf), source) }));
      return kinds.some(({ kind }) => kind === '3x3') ? kinds : [];
    });
  }

  private isSum(node: GraphNode | undefined): node is GraphNode {
    if (node?.domain !== '' || !['Add', 'Sum'].includes(node.opType)) return false;
    return !node.inputs.some((name) => this.scope.graph.initializers.has(name));
  }

  /** The tree of sums that ends in `root`; a sum that somebody else reads is not of it. */
  private sumsOf(root: GraphNode): readonly GraphNode[] {
    const inner = root.inputs.flatMap((name) => {
      const maker = this.makers.get(name);
      return this.consumers.get(name) === 1 && this.isSum(maker) ? this.sumsOf(maker) : [];
    });
    return [root, ...inner];
  }

  /** What a tree of sums adds. */
  private leavesOf(sums: readonly GraphNode[]): readonly Leaf[] {
    const made = new Set(sums.slice(1).flatMap(({ outputs }) => outputs));
    return sums.flatMap((sum) =>
      sum.inputs.flatMap((name, input) => (made.has(name) ? [] : [{ sum, input }])),
    );
  }

  /** The nearest value that all of them are linear in. */
  private sourceOf(leaves: readonly Leaf[]): string | null {
    const [first = [], ...others] = leaves.map((leaf) => this.lineOf(nameAt(leaf)));
    return first.find((name) => others.every((line) => line.includes(name))) ?? null;
  }

  /** The value and all that it is linear in, nearest first. */
  private lineOf(value: string): readonly string[] {
    const line: string[] = [];
    for (let name: string | null = value; name !== null; name = this.before(name)) line.push(name);
    return line;
  }

  private before(name: string): string | null {
    const known = this.previous.get(name);
    if (known !== undefined) return known;
    const node = this.makers.get(name);
    const linear = node ? linearOf(node, this.scope) : null;
    let found: string | null = null;
    if (linear?.kind === 'form') found = linear.form.source;
    else if (linear?.kind === 'affine') found = linear.input;
    else if (this.isSum(node)) found = this.sourceOf(this.leavesOf(this.sumsOf(node)));
    this.previous.set(name, found);
    return found;
  }

  private kindOf(leaf: string, source: string): BranchKind {
    let kind: BranchKind = 'identity';
    for (const name of this.lineOf(leaf)) {
      if (name === source) break;
      const node = this.makers.get(name);
      const linear = node ? linearOf(node, this.scope) : null;
      if (linear?.kind === 'affine') continue;
      const window = node?.opType === 'Conv' && linear?.kind === 'form' ? linear.form.window : null;
      const size = window?.kernel.join('x');
      kind = kind === 'identity' && (size === '3x3' || size === '1x1') ? size : 'other';
    }
    return kind;
  }
}

/** The graph whose sums read no doomed branch; a sum that has only one left is that one. */
function without(graph: Graph, doomed: readonly Leaf[]): Graph {
  const gone = new Map<GraphNode, readonly number[]>();
  for (const { sum, input } of doomed) gone.set(sum, [...(gone.get(sum) ?? []), input]);
  const byName = new Set([
    ...graph.outputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ captured = [] }) => captured),
  ]);
  /** Sum → what is read in its place; null: nothing is left of it. */
  const instead = new Map<string, string | null>();
  const nodes = graph.nodes.flatMap((node): readonly GraphNode[] => {
    const inputs = node.inputs.flatMap((name, i) => {
      if (gone.get(node)?.includes(i) === true) return [];
      const other = instead.get(name);
      return other === undefined ? [name] : (other ?? []);
    });
    if (inputs.length > 1 || inputs.length === node.inputs.length) return [{ ...node, inputs }];
    const [output = ''] = node.outputs;
    if (byName.has(output)) return [{ ...node, opType: 'Identity', inputs }];
    instead.set(output, inputs[0] ?? null);
    return [];
  });
  return dropUnread({ ...graph, nodes });
}
