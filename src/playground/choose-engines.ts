/**
 * @file Which engine runs the model on each processor: our own where it can, unless onnxruntime-web is measured to be faster. A plain
 * chain of convolutions, what fusing leaves of a re-parameterized network, is what our own was made for: for it
 * onnxruntime-web is not even loaded. The precision of our own is chosen with it, by the whole model.
 */
import type { EngineId, EnginePreference, Precision } from '../core/engine.ts';
import { elementCount } from '../core/graph/model.ts';
import type { FormDescription } from '../core/prepare-model.ts';
import { randomTensor } from '../core/random.ts';
import { err, ok, type Result } from '../core/result.ts';
import { lowerQuartile } from '../core/stats.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { EngineUse } from './plan-report.ts';
import { SLOW_SECONDS, type Segments } from './plan-request.ts';
import type { ProcessorPool } from './processors.ts';

export interface EngineChoice {
  readonly pool: Pick<ProcessorPool, 'prefer' | 'inFullPrecision' | 'adopt'>;
  /** Open and idle; equal processors are asked once. */
  readonly clients: readonly StageClient[];
  readonly form: FormDescription;
  readonly segments: Segments;
  readonly wanted: EnginePreference;
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, progress: number | null) => void;
}

const SEGMENT = 'engine';
const SECONDS = 0.3;
const LEAST_RUNS = 6;
/** Where our own is so many times as fast on one WASM processor, onnxruntime-web is not loaded on the others to see it lose again. */
const CLEARLY = 1.5;
/** Each shape takes some milliseconds a kernel. */
const TUNE_SECONDS = 2;

const OF_CHAINS = new Set(['Conv', 'Relu', 'GlobalAveragePool', 'Flatten', 'Gemm']);
/** Runs no operator but those: our own engine can, and nothing else need be loaded. */
export const isChain = ({ operators }: FormDescription): boolean =>
  Object.keys(operators).every((operator) => OF_CHAINS.has(operator));

/** One entry a processor; from then on its workers load segments into that engine. */
export async function chooseEngines(choice: EngineChoice): Promise<Result<readonly EngineUse[]>> {
  const { pool, clients, form, segments, signal, onProgress } = choice;
  if (clients.length === 0) {
    // Nothing is measured, so nothing runs in fp16.
    const told = await pool.inFullPrecision();
    return told.ok ? ok([]) : told;
  }
  const bytes = await segments(0, form.units.length - 1);
  if (!bytes.ok) return bytes;
  const tuned = await tune(choice, bytes.value);
  if (!tuned.ok) return tuned;
  const first = new Map(clients.map((client) => [client.processor, client] as const).toReversed());
  const uses: EngineUse[] = [];
  for (const client of [...first.values()].toReversed()) {
    if (signal.aborted) return err({ code: 'cancelled' });
    onProgress(`Trying the engines on ${client.processor}`, null);
    const isKnown = client.processor !== 'webgpu' && uses.some(isClear);
    const use = await engineOn(client, bytes.value, isKnown, choice);
    if (!use.ok) return use;
    const told = await pool.prefer(client.processor, use.value.engine, use.value.precision);
    if (!told.ok) return told;
    uses.push(use.value);
  }
  return ok(uses);
}

const isClear = ({ processor, seconds: { fused, ort } }: EngineUse): boolean =>
  processor !== 'webgpu' && fused !== null && ort !== null && ort > CLEARLY * fused;

/** On one thread of one WASM worker, for all. */
async function tune(
  { pool, clients, wanted, onProgress }: EngineChoice,
  bytes: Uint8Array,
): Promise<Result<null>> {
  const client = clients.find(({ processor }) => processor !== 'webgpu');
  if (!client || wanted === 'ort') return ok(null);
  onProgress('Choosing kernels', null);
  const tuning = await client.worker.call((remote) => remote.tune(bytes, TUNE_SECONDS));
  return tuning.ok ? pool.adopt(tuning.value) : tuning;
}

/** `isKnown`: that our own is the faster one where it runs the model. */
async function engineOn(
  client: StageClient,
  bytes: Uint8Array,
  isKnown: boolean,
  { wanted, form }: EngineChoice,
): Promise<Result<EngineUse>> {
  const input = randomTensor(elementCount(form.input.shape), 1);
  const first = await tryEngine(client, bytes, input, wanted);
  if (!first.ok) return first;
  const { engine, obstacle, precision } = first.value;
  const isSettled = wanted !== 'auto' || engine === 'ort' || isChain(form) || isKnown;
  const second = isSettled ? null : await tryEngine(client, bytes, input, 'ort');
  // Where onnxruntime-web fails, nothing speaks against ours.
  const other = second?.ok === true ? second.value : null;
  const isOtherFaster = other !== null && other.seconds < first.value.seconds;
  const used = isOtherFaster ? 'ort' : engine;
  const seconds: Record<EngineId, number | null> = { fused: null, ort: null };
  for (const { engine: id, seconds: each } of [first.value, ...(other ? [other] : [])]) seconds[id] = each;
  return ok({
    processor: client.processor,
    engine: used,
    ...(used === 'fused' && client.processor === 'webgpu' && { precision }),
    obstacle,
    seconds,
    n: Math.min(first.value.n, other?.n ?? Infinity),
  });
}

interface Tried {
  readonly engine: EngineId;
  readonly obstacle: string | null;
  readonly precision: Precision;
  readonly seconds: number;
  readonly n: number;
}

async function tryEngine(
  { worker }: StageClient,
  bytes: Uint8Array,
  input: Float32Array,
  engine: EnginePreference,
): Promise<Result<Tried>> {
  const loaded = await worker.call((remote) => remote.load(SEGMENT, bytes, engine, 'fastest'));
  if (!loaded.ok) return loaded;
  const isSlow = loaded.value.warmupSeconds > SLOW_SECONDS;
  const [runs, seconds] = isSlow ? [1, 0] : [LEAST_RUNS, SECONDS];
  const timed = await worker.call((remote) => remote.time(SEGMENT, input, runs, seconds));
  await worker.call((remote) => remote.unload(SEGMENT));
  if (!timed.ok) return timed;
  const { engine: used, obstacle, precision } = loaded.value;
  return ok({
    engine: used,
    obstacle,
    precision,
    seconds: lowerQuartile(timed.value) ?? 0,
    n: timed.value.length,
  });
}
