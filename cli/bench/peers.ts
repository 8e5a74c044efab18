/**
 * @file `npm run bench:peers`: our live view against (a) the usual webcam loop of onnxruntime-web and (b) transformers.js,
 * both on our default model's weights as shipped, one fake camera in front of all. Who is compared takes turns.
 * Usage: npm run bench:peers [-- --only throughput,smooth] [--turns 3] [--rate 10] [--json FILE]
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { openContest } from './peers-pages.ts';
import { smoothLines, throughputLines } from './peers-live.ts';
import { runSections } from './sections.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    turns: { type: 'string', default: '3' },
    rate: { type: 'string', default: '10' },
    json: { type: 'string' },
  },
});
const [turns, rate] = [Number(values.turns), Number(values.rate)];

const contest = await openContest();
try {
  process.exitCode = await runSections(
    {
      throughput: ['1 Frames a second from a camera of 60', () => throughputLines(contest, turns)],
      smooth: [
        `2 Planned for “smooth”, latency at ${rate} frames/s`,
        () => smoothLines(contest, turns, rate),
      ],
    },
    values,
  );
} finally {
  await contest.close();
}
