/**
 * @file Options of the command line: read by node:util's parseArgs, then brought into their types. Whatever is wrong here is
 * wrong usage (exit code 2), found before anything is started.
 */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ENGINE_PREFERENCES, type EnginePreference } from '../src/core/engine.ts';
import { OBJECTIVES, type Objective } from '../src/core/planning/objective.ts';
import { parseProcessorId, type ProcessorId } from '../src/core/profile/profile.ts';
import { err, ok, type Result } from '../src/core/result.ts';
import { DATASET_IDS, type DatasetId } from '../src/playground/experiment/datasets.ts';

export interface Options {
  readonly files: readonly string[];
  readonly help: boolean;
  readonly json: string | undefined;
  readonly model: string | undefined;
  readonly configuration: string | undefined;
  readonly dimensions: Readonly<Record<string, number>>;
  readonly image: readonly string[];
  readonly processors: readonly ProcessorId[] | undefined;
  readonly objective: Objective | undefined;
  readonly engine: EnginePreference | undefined;
  readonly profile: string | undefined;
  readonly predictOnly: boolean;
  readonly all: boolean;
  readonly check: boolean;
  readonly out: string | undefined;
  readonly full: boolean;
  readonly dataset: DatasetId | undefined;
  readonly data: string | undefined;
  readonly rounds: number | undefined;
  readonly markdown: string | undefined;
}

export type OptionName = Exclude<keyof Options, 'files'>;

interface Flag {
  readonly flag: string;
  readonly config: NonNullable<ParseArgsConfig['options']>[string];
  readonly help: readonly [form: string, meaning: string];
}

/** Every option there is, in the order of the help. */
export const FLAGS: Readonly<Record<OptionName, Flag>> = {
  json: {
    flag: 'json',
    config: { type: 'string' },
    help: ['--json FILE', 'also write the result as JSON; “-” for stdout, and the text then goes to stderr'],
  },
  model: {
    flag: 'model',
    config: { type: 'string' },
    help: [
      '--model ID|FILE.onnx',
      'a shipped model by its id, or an ONNX file (default: efficientnet-lite0)',
    ],
  },
  configuration: {
    flag: 'configuration',
    config: { type: 'string' },
    help: [
      '--configuration ID',
      'of an elastic model such as rep-tiny; a wrong one lists them (default: the largest; compose: all)',
    ],
  },
  dimensions: {
    flag: 'dimension',
    config: { type: 'string', multiple: true },
    help: [
      '--dimension NAME=SIZE',
      'a size for an input dimension that the file leaves open; may be repeated',
    ],
  },
  image: {
    flag: 'image',
    config: { type: 'string', multiple: true },
    help: [
      '--image FILE…',
      'PNG, JPEG or WebP, or a folder of them; may be repeated, and further files may follow',
    ],
  },
  processors: {
    flag: 'processors',
    config: { type: 'string' },
    help: ['--processors LIST', 'webgpu and wasm:THREADS, by commas, for instance webgpu,wasm:1,wasm:1'],
  },
  objective: {
    flag: 'objective',
    config: { type: 'string' },
    help: [
      '--objective NAME',
      'fastest (most frames/s), snappiest (least latency), smooth (least latency at 30 frames/s)',
    ],
  },
  engine: {
    flag: 'engine',
    config: { type: 'string' },
    help: [
      '--engine auto|fused|ort',
      'fused: Ridgepoint’s own, where it can; ort: onnxruntime-web; auto (default): fused unless ort is measured faster',
    ],
  },
  profile: {
    flag: 'profile',
    config: { type: 'string' },
    help: ['--profile FILE', 'a profile from “roofline --json”, instead of measuring this device'],
  },
  predictOnly: {
    flag: 'predict-only',
    config: { type: 'boolean' },
    help: ['--predict-only', 'run nothing: predictions from the profile alone'],
  },
  all: {
    flag: 'all',
    config: { type: 'boolean' },
    help: ['--all', 'run every plan, not only the best few (slow)'],
  },
  check: {
    flag: 'check',
    config: { type: 'boolean' },
    help: ['--check', 'run both forms in the browser and give the largest difference of their outputs'],
  },
  out: {
    flag: 'out',
    config: { type: 'string' },
    help: ['--out FOLDER', 'write the fused ONNX file of each configuration there'],
  },
  full: {
    flag: 'full',
    config: { type: 'boolean' },
    help: ['--full', 'also sizes, intensities and kernel shapes: 45 s instead of 10'],
  },
  dataset: {
    flag: 'dataset',
    config: { type: 'string' },
    help: [`--dataset ${DATASET_IDS.join('|')}`, 'whose model the experiment is of'],
  },
  data: {
    flag: 'data',
    config: { type: 'string' },
    help: [
      '--data PATH',
      'the data set, as a folder or an archive or a folder that holds it: measures accuracy in the browser',
    ],
  },
  rounds: {
    flag: 'rounds',
    config: { type: 'string' },
    help: ['--rounds N', 'samples of each row (default: 30)'],
  },
  markdown: {
    flag: 'markdown',
    config: { type: 'string' },
    help: ['--markdown FILE', 'write the data set’s section of this file, and its chart beside it'],
  },
  help: { flag: 'help', config: { type: 'boolean', short: 'h' }, help: ['--help', 'say this'] },
};

/** node's messages go on with advice about positional arguments; the first sentence says what is wrong. */
const firstSentence = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).split(/\. |\n/, 1)[0] ?? '';

/** Reads the arguments after the command's name; only the options in `allowed` exist. The error is a sentence. */
export function parseOptions(
  argv: readonly string[],
  allowed: readonly OptionName[],
): Result<Options, string> {
  const names = Object.keys(FLAGS).filter(
    (name): name is OptionName => allowed.includes(name as OptionName) || name === 'help',
  );
  const config = Object.fromEntries(names.map((name) => [FLAGS[name].flag, FLAGS[name].config]));
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: config, allowPositionals: true });
    const text = (name: OptionName): string | undefined => {
      const value = values[FLAGS[name].flag];
      return typeof value === 'string' ? value : undefined;
    };
    const empty = names.find((name) => text(name) === '');
    if (empty) return err(`--${FLAGS[empty].flag} is empty`);
    const images = values[FLAGS.image.flag];
    const typed = typedOptions(text('processors'), text('objective'), text('engine'));
    if (!typed.ok) return typed;
    const experiment = experimentOptions(text('dataset'), text('rounds'));
    if (!experiment.ok) return experiment;
    const list = values[FLAGS.dimensions.flag];
    const dimensions = sizesOf(Array.isArray(list) ? list.map(String) : []);
    if (!dimensions.ok) return dimensions;
    return ok({
      ...typed.value,
      ...experiment.value,
      files: positionals,
      dimensions: dimensions.value,
      help: values['help'] === true,
      json: text('json'),
      model: text('model'),
      configuration: text('configuration'),
      image: Array.isArray(images) ? images.filter((image) => typeof image === 'string') : [],
      profile: text('profile'),
      predictOnly: values[FLAGS.predictOnly.flag] === true,
      all: values['all'] === true,
      check: values['check'] === true,
      full: values['full'] === true,
      out: text('out'),
      data: text('data'),
      markdown: text('markdown'),
    });
  } catch (thrown) {
    return err(firstSentence(thrown));
  }
}

/** `NAME=SIZE`, where a name may hold anything but its last “=”. */
function sizesOf(list: readonly string[]): Result<Readonly<Record<string, number>>, string> {
  const sizes: Record<string, number> = {};
  for (const entry of list) {
    const [, name, size] = /^(.+)=([1-9]\d{0,4})$/.exec(entry) ?? [];
    if (name === undefined) return err(`“${entry}” is not NAME=SIZE, as in height=224`);
    sizes[name] = Number(size);
  }
  return ok(sizes);
}

/** Enough for any interval; each takes seconds. */
const MOST_ROUNDS = 1000;

function experimentOptions(
  name: string | undefined,
  count: string | undefined,
): Result<Pick<Options, 'dataset' | 'rounds'>, string> {
  const dataset = DATASET_IDS.find((known) => known === name);
  if (name !== undefined && !dataset)
    return err(`“${name}” is not a data set: use ${DATASET_IDS.join(', ')}`);
  const rounds = count === undefined ? undefined : Number(count);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS))
    return err(`“${count}” is not a number of rounds from 1 to ${MOST_ROUNDS}`);
  return ok({ dataset, rounds });
}

function typedOptions(
  list: string | undefined,
  wanted: string | undefined,
  engineName: string | undefined,
): Result<Pick<Options, 'processors' | 'objective' | 'engine'>, string> {
  const names = list?.split(',').map((name) => name.trim());
  const wrong = names?.find((name) => parseProcessorId(name) === null);
  if (wrong !== undefined) return err(`“${wrong}” is not a processor: use webgpu or wasm:THREADS`);
  const objective = OBJECTIVES.find((known) => known === wanted);
  if (wanted !== undefined && !objective)
    return err(`“${wanted}” is not an objective: use ${OBJECTIVES.join(', ')}`);
  const engine = ENGINE_PREFERENCES.find((known) => known === engineName);
  if (engineName !== undefined && !engine)
    return err(`“${engineName}” is not an engine: use ${ENGINE_PREFERENCES.join(', ')}`);
  return ok({ processors: names?.flatMap((name) => parseProcessorId(name) ?? []), objective, engine });
}
