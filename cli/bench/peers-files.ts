/**
 * @file What the peers' pages are made of: their source, both engines as npm has them, the model in the folder that
 * transformers.js reads, and the camera's clip. transformers.js has a package file of its own, so that nobody installs it who
 * only wants the page.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { writeClip } from '../../e2e/support/write-clip.ts';
import type { Graph, Model } from '../../src/core/graph/model.ts';
import { parseManifest, type Manifest } from '../../src/core/manifest.ts';
import { parseModel } from '../../src/core/onnx/parse.ts';
import { serializeModel } from '../../src/core/onnx/serialize.ts';
import { ROOT } from '../input.ts';

export const MODEL = 'efficientnet-lite0';
export const CAMERA_FPS = 60;

export interface PeerFiles {
  /** Pathname → file, for the server. */
  readonly routes: ReadonlyMap<string, string>;
  /** What the fake camera shows. */
  readonly clip: string;
  dispose(): void;
}

export async function preparePeers(): Promise<PeerFiles> {
  const installed = installTransformers();
  const folder = mkdtempSync(join(tmpdir(), 'ridgepoint-peers-'));
  const clip = join(folder, 'camera.y4m');
  await writeClip(clip, CAMERA_FPS);
  writeModelFolder(join(folder, MODEL));
  const routes = new Map([
    ...filesOf(join(ROOT, 'cli/bench/peers'), '/peers'),
    ...filesOf(join(ROOT, 'node_modules/onnxruntime-web/dist'), '/peers/onnxruntime-web'),
    ...filesOf(join(installed, '@huggingface/transformers/dist'), '/peers/transformers'),
    ...filesOf(join(installed, 'onnxruntime-web/dist'), '/peers/transformers'),
    ...filesOf(join(folder, MODEL), `/peers/models/${MODEL}`),
    ...filesOf(join(folder, MODEL, 'onnx'), `/peers/models/${MODEL}/onnx`),
  ]);
  return { routes, clip, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

const filesOf = (folder: string, at: string): (readonly [string, string])[] =>
  readdirSync(folder).map((name) => [`${at}/${name}`, join(folder, name)] as const);

/** Where npm put the packages of peers/transformers/package-lock.json. */
function installTransformers(): string {
  const wanted = join(ROOT, 'cli/bench/peers/transformers');
  const folder = join(ROOT, 'node_modules/.cache/bench-peers');
  const lockOf = (at: string): string | null => {
    try {
      return readFileSync(join(at, 'package-lock.json'), 'utf8');
    } catch {
      return null;
    }
  };
  const packages = join(folder, 'node_modules');
  if (lockOf(packages) === lockOf(wanted)) return packages;
  process.stderr.write('Installing transformers.js (npm ci) …\n');
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(wanted, file), join(folder, file));
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm ci failed (its output is above).');
  // Written last: it says that the installation is whole.
  copyFileSync(join(wanted, 'package-lock.json'), join(packages, 'package-lock.json'));
  return packages;
}

/** The shipped weights as transformers.js wants them: its names of input and output, its three files. */
function writeModelFolder(folder: string): void {
  const shipped = join(ROOT, 'public/models', MODEL);
  const manifest = parseManifest(JSON.parse(readFileSync(join(shipped, 'manifest.json'), 'utf8')));
  const model = parseModel(readFileSync(join(shipped, 'model.onnx')));
  if (!manifest.ok || !model.ok) throw new Error(`${MODEL} cannot be read`);
  const labels = JSON.parse(readFileSync(join(shipped, 'labels.json'), 'utf8')) as readonly string[];
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  writeFileSync(join(folder, 'onnx', 'model.onnx'), serializeModel(withInput(model.value, 'pixel_values')));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(configOf(labels)));
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(preprocessorOf(manifest.value)));
}

function withInput(model: Model, name: string): Model {
  const { graph } = model;
  const [input] = graph.inputs;
  if (!input) throw new Error(`${MODEL} has no input`);
  const renamed: Graph = {
    ...graph,
    inputs: [{ ...input, name }],
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((each) => (each === input.name ? name : each)),
    })),
  };
  return { ...model, graph: renamed };
}

const configOf = (labels: readonly string[]) => ({
  model_type: 'efficientnet',
  architectures: ['EfficientNetForImageClassification'],
  id2label: Object.fromEntries(labels.entries()),
});

const preprocessorOf = ({ input }: Manifest) => ({
  image_processor_type: 'EfficientNetImageProcessor',
  include_top: false,
  do_resize: true,
  size: { height: input.shape[2], width: input.shape[3] },
  resample: 2,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: input.mean.map((value) => value / 255),
  image_std: input.std.map((value) => value / 255),
});
