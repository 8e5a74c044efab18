/** @file A model's manifest: `public/models/<id>/manifest.json`, made by training/, checked here before anything uses it. */
import * as v from 'valibot';
import { ElasticSchema, type Configuration, type Elastic } from './elastic/elastic.ts';
import type { AppError } from './errors.ts';
import { err, ok, type Result } from './result.ts';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const ManifestSchema = v.object({
  format: v.literal('ridgepoint-model'),
  version: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)),
  name: v.string(),
  summary: v.string(),
  task: v.literal('image-classification'),
  file: v.pipe(v.string(), v.regex(/^[\w.-]+$/)),
  bytes: positive,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  storage: v.picklist(['float16', 'float32']),
  input: v.pipe(
    v.object({
      name: v.string(),
      shape: v.tuple([v.literal(1), v.picklist([1, 3]), positive, positive]),
      colour: v.picklist(['rgb', 'gray']),
      cropFraction: v.pipe(share, v.gtValue(0)),
      mean: v.array(v.number()),
      std: v.array(v.pipe(v.number(), v.gtValue(0))),
      polarity: v.optional(v.literal('light-on-dark')),
    }),
    v.check(({ shape: [, channels], colour, mean, std }) => {
      return channels === (colour === 'gray' ? 1 : 3) && mean.length === channels && std.length === channels;
    }, 'shape, colour, mean and std differ in channels'),
  ),
  output: v.object({ name: v.string(), classes: positive }),
  labels: v.pipe(v.string(), v.regex(/^[\w.-]+$/)),
  accuracy: v.array(
    v.object({
      dataset: v.string(),
      split: v.string(),
      n: positive,
      top1: share,
      top5: v.nullable(share),
      source: v.string(),
      measured: v.boolean(),
    }),
  ),
  licence: v.object({ weights: v.string(), source: v.string(), data: v.string() }),
  /** The configurations the file can be deployed in; absent where there is just the one. */
  elastic: v.optional(ElasticSchema),
});

export type Manifest = v.InferOutput<typeof ManifestSchema>;

export function parseManifest(
  json: unknown,
): Result<Manifest, Extract<AppError, { code: 'manifest-invalid' }>> {
  const parsed = v.safeParse(ManifestSchema, json);
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return err({ code: 'manifest-invalid', detail: `${v.getDotPath(issue) ?? 'root'}: ${issue.message}` });
}

/**
 * What a manifest says once a configuration is composed: its input side and its own accuracy. Other figures are of the default
 * configuration, and stay with that alone.
 */
export function manifestOfConfiguration(
  manifest: Manifest,
  elastic: Elastic,
  { id, side, top1, top5 }: Configuration,
): Manifest {
  const { dataset, split, n, source } = elastic.accuracy;
  const own = { dataset, split, n, top1, top5, source: `${source}, configuration ${id}`, measured: true };
  const others = manifest.accuracy.filter(
    (entry) => id === elastic.default && (entry.dataset !== dataset || entry.split !== split),
  );
  const [batch, channels] = manifest.input.shape;
  return {
    ...manifest,
    input: { ...manifest.input, shape: [batch, channels, side, side] },
    accuracy: [own, ...others],
  };
}

const LabelsSchema = v.array(v.string());

export function parseLabels(
  json: unknown,
  classes: number,
): Result<readonly string[], Extract<AppError, { code: 'manifest-invalid' }>> {
  const parsed = v.safeParse(LabelsSchema, json);
  if (parsed.success && parsed.output.length === classes) return ok(parsed.output);
  return err({ code: 'manifest-invalid', detail: `labels: expected ${classes} names` });
}
