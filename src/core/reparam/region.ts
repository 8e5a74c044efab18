/**
 * @file A region: the nodes that a linear form stands for, and how to write its value – as one convolution, or in parts where one
 * convolution would do more arithmetic than they do (a depthwise convolution before a pointwise one, a bottleneck).
 */
import type { GraphNode } from '../graph/model.ts';
import { affine, weightsAnOutput, type LinearForm } from './linear-form.ts';
import { followForm } from './sequence.ts';

export interface Region {
  readonly form: LinearForm;
  /** The node that makes its value. */
  readonly node: GraphNode;
  /** Name for the one convolution: that of the first in it; null where there is none. */
  readonly convolution: string | null;
  /** How many nodes of the model it stands for. */
  readonly count: number;
  /** FLOP of the cheapest way to write it. */
  readonly flop: number;
  /** Whether that is one convolution. */
  readonly isOne: boolean;
  /** FLOP of the one convolution over those of the parts. */
  readonly ratio: number;
  /** The other way: these values first, then `last`. */
  readonly parts: readonly Part[];
  readonly last: Region | GraphNode;
}

/** A value inside a region that is a value of the graph again where the region is written in parts. */
export interface Part {
  readonly name: string;
  readonly region: Region;
}

export const isNode = (last: Region['last']): last is GraphNode => 'opType' in last;

/** FLOP of a node, and how many elements the output of one has. */
export interface Prices {
  readonly flop: (node: GraphNode) => number;
  readonly elements: (node: GraphNode) => number;
}

type Members = Pick<Region, 'form' | 'node' | 'parts' | 'last'> & { readonly prices: Prices };

/** Weighs both ways to write a region whose last node is `node`. */
function weighed({ form, parts, last, node, prices }: Members): Region {
  const regions = [...parts.map(({ region }) => region), ...(isNode(last) ? [] : [last])];
  const own = isNode(last) ? 1 : 0;
  const convolution = regions.map((region) => region.convolution).find((name) => name !== null);
  const isConv = isNode(last) && last.opType === 'Conv';
  const count = regions.reduce((sum, region) => sum + region.count, own);
  const apart = regions.reduce((sum, region) => sum + region.flop, isNode(last) ? prices.flop(last) : 0);
  const one = 2 * prices.elements(node) * weightsAnOutput(form);
  const name = convolution ?? (isConv ? node.name : null);
  const isOne = name !== null && count > 1 && one <= apart;
  return {
    form,
    node,
    convolution: name,
    count,
    flop: isOne ? one : apart,
    isOne,
    ratio: one / apart,
    parts,
    last,
  };
}

/** One node by itself, over a value that is made. */
export const single = (node: GraphNode, form: LinearForm, prices: Prices): Region =>
  weighed({ form, parts: [], last: node, node, prices });

/** `node` (with the form it has by itself) after the region that makes its input. */
export function sequence(inner: Part, node: GraphNode, outer: LinearForm, prices: Prices): Region {
  const form = followForm(inner.region.form, outer);
  return weighed({ form, parts: [inner], last: single(node, outer, prices), node, prices });
}

/** A scale and shift of each channel after a region. In a sequence it goes into the last convolution, should that stay apart. */
export function scaled(
  base: Part,
  node: GraphNode,
  [scale, shift]: readonly [Float64Array, Float64Array],
  prices: Prices,
): Region {
  const { region } = base;
  const form = affine(region.form, scale, shift);
  if (isNode(region.last)) return weighed({ form, parts: [base], last: node, node, prices });
  const last = scaled({ name: base.name, region: region.last }, node, [scale, shift], prices);
  return weighed({ form, parts: region.parts, last, node, prices });
}

/** Branches that `node` adds or stacks to `form`. */
export const joined = (
  branches: readonly Part[],
  node: GraphNode,
  form: LinearForm,
  prices: Prices,
): Region => weighed({ form, parts: branches, last: node, node, prices });
