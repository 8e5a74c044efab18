/** @file `ridgepoint classify`: what is in these pictures, through the page's own pre-processing. */
import { resolve } from 'node:path';
import { ENGINE_NAMES } from '../../src/core/engine.ts';
import { ok } from '../../src/core/result.ts';
import type { ClassifiedImage } from '../../src/playground/classify-images.ts';
import type { Command } from '../context.ts';
import { fail } from '../failure.ts';
import { figure, percent } from '../../src/ui/number-format.ts';
import { findModel, imageFiles, modelRequest, servedAs } from '../input.ts';
import { columns } from '../table.ts';

function imageText({ image, top, latencyMs }: ClassifiedImage): string {
  const rows = top.map(({ label, probability }) => [`  ${percent(probability, 1)}`, label]);
  return `${image} (${figure(latencyMs)} ms)\n${columns(rows, [0])}`;
}

export const classify: Command = {
  name: 'classify',
  summary: 'the five likeliest labels of each picture',
  usage: [
    'classify --image FILE… [--model ID|FILE.onnx] [--configuration ID] [--processors NAME] [--engine NAME]',
  ],
  details:
    'One frame after another on one processor (default wasm:1). The time of a picture holds pre-processing and inference,\n' +
    'not decoding the file; it is one run, so no measurement.',
  options: ['model', 'configuration', 'dimensions', 'image', 'processors', 'engine'],
  wrongUsage: ({ image, files, processors }) => {
    if (image.length + files.length === 0) return 'classify needs at least one --image';
    return (processors?.length ?? 1) === 1 ? null : 'classify runs on one processor: name one';
  },
  run: async (
    { model: name, configuration, dimensions, image, files: more, processors, engine },
    { io, drive },
  ) => {
    const model = await findModel(name ?? 'efficientnet-lite0', { configuration, dimensions });
    if (!model.ok) return model;
    const named = await imageFiles([...image, ...more]);
    if (!named.ok) return named;
    const paths = named.value;
    const { argument, files: modelFiles } = modelRequest(model.value);
    const images = paths.map((path, i) => ({ name: path, url: `.${servedAs(i, path)}` }));
    const files = new Map([
      ...modelFiles,
      ...paths.map((path, i) => [servedAs(i, path), resolve(path)] as const),
    ]);
    const choice = {
      ...argument,
      images,
      ...(processors ? { processors } : {}),
      ...(engine ? { engine } : {}),
    };
    const webgpu = processors?.includes('webgpu') ?? false;
    const answer = await drive({ verb: 'classify', argument: choice, files, webgpu }, io);
    if (!answer.ok) return answer;
    const { model: id, configuration: composed, plan, engine: used, results } = answer.value;
    const [stage] = plan.stages;
    if (results.length !== paths.length)
      return fail('page-failed', 'The page gave fewer results than there are images.');
    const subject = composed === undefined ? id : `${id}, configuration ${composed},`;
    const where = `${stage?.processor ?? 'one processor'}, engine ${ENGINE_NAMES[used]}`;
    const text = [`${subject} on ${where}`, ...results.map(imageText)].join('\n\n');
    return ok({ json: answer.value, text });
  },
};
