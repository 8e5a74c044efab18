/**
 * @file What a manifest says of an elastic model: one file of weights that can be deployed in many *configurations*. A
 * configuration is an input side and, for each block, a *kind* – how much of the block is kept. A kind is a set of
 * substitutions: values that are read in place of others, after which whatever nobody reads is gone. So this file and
 * `compose.ts` know neither RepVGG nor the names in a graph. Batch-norm statistics belong to a configuration (slimmable
 * networks, Yu et al., ICLR 2019) and come from `calibration.bin`: for each block that keeps its norm, in order, mean then
 * variance of its channels, little-endian float16.
 */
import * as v from 'valibot';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const fileName = v.pipe(v.string(), v.regex(/^[\w.-]+$/));

/** Far above any classifier's input; what is larger is a mistake that would ask for gigabytes. */
const LARGEST_SIDE = 4096;

const BlockSchema = v.object({
  name: v.string(),
  channels: positive,
  stride: positive,
  /** Kind → (value → the value read in its place). */
  kinds: v.record(v.string(), v.record(v.string(), v.string())),
  /** Names of the constants that hold the statistics of the block's norm. */
  mean: v.string(),
  variance: v.string(),
});

const ConfigurationSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w.-]+$/)),
  /** Height and width of the input, pixels. */
  side: v.pipe(positive, v.maxValue(LARGEST_SIDE)),
  /** One kind a block. */
  kinds: v.array(v.string()),
  /** Where its statistics begin, bytes. */
  offset: count,
  /** Of the deploy form, classifier included. */
  multiplyAdds: positive,
  parameters: positive,
  top1: share,
  top5: share,
});

export const ElasticSchema = v.pipe(
  v.object({
    blocks: v.array(BlockSchema),
    /** Null where no block can be chosen and only the input side differs. */
    calibration: v.nullable(
      v.object({
        file: fileName,
        bytes: positive,
        sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
        storage: v.literal('float16'),
      }),
    ),
    /** What the configurations' top-1 and top-5 were measured on; `train`: only what a configuration keeps of them tells. */
    accuracy: v.object({ dataset: v.string(), split: v.string(), n: positive, source: v.string() }),
    default: v.string(),
    configurations: v.pipe(v.array(ConfigurationSchema), v.minLength(1)),
  }),
  v.check(
    ({ blocks, configurations }) =>
      configurations.every(
        ({ kinds }) =>
          kinds.length === blocks.length &&
          kinds.every((kind, i) => Object.hasOwn(blocks[i]?.kinds ?? {}, kind)),
      ),
    'a configuration does not name one known kind for each block',
  ),
  v.check(
    ({ configurations }) => new Set(configurations.map(({ id }) => id)).size === configurations.length,
    'two configurations have the same id',
  ),
  v.check(
    ({ configurations, default: id }) => configurations.some((each) => each.id === id),
    'the default configuration is not among the configurations',
  ),
);

export type Elastic = v.InferOutput<typeof ElasticSchema>;
export type Configuration = Elastic['configurations'][number];

export function configurationOf(elastic: Elastic, id: string): Configuration | null {
  return elastic.configurations.find((each) => each.id === id) ?? null;
}
