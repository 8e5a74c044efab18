/** @file Reading a profile that came from somewhere else: everything is checked before anything is drawn. */
import * as v from 'valibot';
import { FEATURES, KERNEL_CLASSES } from '../cost/features.ts';
import type { AppError } from '../errors.ts';
import { err, ok, type Result } from '../result.ts';
import { parseProcessorId, type DeviceProfile, type MetricWarning, type ProcessorId } from './profile.ts';

const text = v.pipe(v.string(), v.maxLength(200));
const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.minValue(0));
/** Wider than any device in GFLOP/s, GB/s or seconds; beyond it a chart has no place. */
const figure = v.pipe(finite, v.minValue(1e-12), v.maxValue(1e9));
const processorId = v.custom<ProcessorId>(
  (value) => typeof value === 'string' && parseProcessorId(value) !== null,
);

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const WARNINGS = [
  'high-dispersion',
  'thermal',
  'coarse-clock',
  'few-samples',
  'fallback-adapter',
  'not-isolated',
  'tab-hidden',
  'device-lost',
  'smaller-size',
  'clocks-disagree',
] as const satisfies readonly MetricWarning[];

const MetricFields = v.object({
  id: text,
  processor: v.union([processorId, v.literal('worker')]),
  kind: v.picklist(['compute', 'bandwidth', 'latency']),
  type: text,
  threads: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sizeBytes: v.exactOptional(positive),
  operationalIntensity: v.exactOptional(figure),
  beside: v.exactOptional(processorId),
  timestamp: v.exactOptional(v.object({ median: figure, n: count })),
  shapes: v.exactOptional(v.pipe(v.array(v.object({ shape: text, median: figure })), v.maxLength(200))),
  unit: v.picklist(['GFLOP/s', 'GOP/s', 'GB/s', 's']),
  status: v.picklist(['ok', 'unsupported', 'skipped', 'error']),
  reason: v.exactOptional(text),
  median: v.nullable(figure),
  mad: v.nullable(positive),
  n: count,
  low: v.exactOptional(finite),
  high: v.exactOptional(finite),
  clock: v.picklist(['performance.now slope', 'performance.now']),
  warnings: v.array(v.picklist(WARNINGS)),
  samples: v.pipe(v.array(finite), v.maxLength(1000)),
  shape: v.exactOptional(text),
});
const MetricSchema = v.pipe(
  MetricFields,
  v.check(
    ({ status, median, n }) => (status === 'ok') === (median !== null && n > 0),
    'a metric has a median of n > 0 samples exactly when its status is ok',
  ),
);

/** Seconds, or a fraction; more than this is no measurement of a device that can plan. */
const small = v.pipe(positive, v.maxValue(1e3));
/** Names that stand once in a list. */
const unique =
  <T>(nameOf: (entry: T) => string) =>
  (list: T[]): boolean =>
    new Set(list.map(nameOf)).size === list.length;

const CalibrationSchema = v.object({
  processor: processorId,
  paceSeconds: positive,
  runSeconds: small,
  seconds: positive,
  classes: v.pipe(
    v.array(
      v.object({
        kernel: v.picklist(KERNEL_CLASSES),
        secondsPer: v.strictObject(v.entriesFromList(FEATURES, v.exactOptional(small))),
        relativeError: small,
        largestFlop: positive,
        n: v.pipe(count, v.minValue(1)),
      }),
    ),
    v.check(
      unique(({ kernel }) => kernel),
      'a class is calibrated once',
    ),
  ),
});

/** The message of an issue repeats what it refused, which may be long. */
const DETAIL_LENGTH = 200;

const ProfileSchema = v.object({
  format: v.literal('ridgepoint-profile'),
  version: v.literal(1),
  name: v.pipe(text, v.minLength(1)),
  date: v.pipe(v.string(), v.isoTimestamp()),
  environment: v.object({
    browser: text,
    adapter: v.nullable(v.object({ vendor: text, architecture: text, isFallbackAdapter: v.boolean() })),
    cores: v.pipe(v.number(), v.integer(), v.minValue(1)),
    crossOriginIsolated: v.boolean(),
  }),
  effort: v.exactOptional(v.picklist(['quick', 'full'])),
  seconds: v.exactOptional(positive),
  metrics: v.pipe(v.array(MetricSchema), v.maxLength(1000)),
  calibration: v.exactOptional(
    v.pipe(
      v.array(CalibrationSchema),
      v.maxLength(100),
      v.check(
        unique(({ processor }) => processor),
        'a processor is calibrated once',
      ),
    ),
  ),
});

export function parseProfile(
  json: string,
): Result<DeviceProfile, Extract<AppError, { code: 'profile-invalid' }>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return err({ code: 'profile-invalid', detail: 'it is not JSON' });
  }
  const parsed = v.safeParse(ProfileSchema, value);
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  const detail = `${v.getDotPath(issue) ?? 'root'}: ${issue.message}`;
  return err({ code: 'profile-invalid', detail: detail.slice(0, DETAIL_LENGTH) });
}
