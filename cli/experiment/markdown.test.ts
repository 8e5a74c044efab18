import { describe, expect, it } from 'vitest';
import { experimentReport } from '../../src/fixtures/experiment.ts';
import { chartOf } from './chart.ts';
import { machineText, sectionOf, withSection } from './markdown.ts';

const linesOf = (text: string): readonly string[] => text.split('\n');

describe('sectionOf', () => {
  const text = sectionOf(experimentReport(), 'results-mnist.svg');
  it('gives every row its figures with interval, n, engine and accuracy', () => {
    expect(linesOf(text).find((line) => line.startsWith('| Fused, the same'))).toBe(
      '| Fused, the same processor | rep-digits 28-3333333 | wasm:1[0–6] | Ridgepoint | 300 [294, 306] | 3.33 [3.27, 3.40] | 99.55 % (n = 10,000) | 3.00 |',
    );
  });
  it('gives every gain its interval and n', () => {
    expect(text).toContain('| fusion alone | 1.50 [1.50, 1.50] | 6 |');
  });
  it('says what was deleted, what is left out, and by how much the accuracies miss the manifest', () => {
    expect(text).toContain('4 identity branches deleted');
    expect(text).toContain('Left out: Co-designed within 1 point – no design is near.');
    expect(text).toContain('measured in this browser on 10,000 images of MNIST, test');
    expect(text).toContain('differ by at most 0.02 points');
  });
  it('stands beside the paper, and says that the two do not compare', () => {
    expect(text).toContain('+12.05 % throughput on MNIST');
    expect(text).toContain('do not compare');
    const tiny = sectionOf(experimentReport({ dataset: 'tiny-imagenet' }), 'chart.svg');
    expect(tiny).toContain('reports no gain on Tiny-ImageNet');
  });
  it('says which rows something else had a hand in', () => {
    expect(text).not.toContain('Noisy');
    const rows = experimentReport().rows.map((row) =>
      row.id === 'fused' ? { ...row, fpsByRound: [100, 200, 300, 100, 200, 300] } : row,
    );
    expect(sectionOf(experimentReport({ rows }), 'chart.svg')).toContain(
      'Noisy, by a median deviation of more than 10 %: Fused, the same processor (50 %).',
    );
  });
  it('says so where nothing was classified, and where the images were trained on', () => {
    const rows = experimentReport().rows.map((row) => ({
      ...row,
      accuracy: row.accuracy && { ...row.accuracy, source: 'manifest' as const },
    }));
    const stated = sectionOf(
      experimentReport({ rows, accuracy: { dataset: 'photos', split: 'train' } }),
      'chart.svg',
    );
    expect(stated).toContain('what the model’s manifest says');
    expect(stated).toContain('nothing of new ones');
  });
});

describe('machineText', () => {
  const { machine } = experimentReport();
  it('describes the machine, and calls a software adapter one', () => {
    expect(machineText(machine)).toBe(
      'Chrome 156, 2 logical processors, WASM threads, no WebGPU adapter; 2026-11-27',
    );
    const adapter = { vendor: 'google', architecture: 'swiftshader', isFallbackAdapter: true };
    expect(machineText({ ...machine, adapter })).toContain('google swiftshader (software');
  });
});

describe('withSection', () => {
  it('begins a file, adds sections, and replaces one in place', () => {
    const first = withSection(null, 'mnist', 'digits');
    expect(first).toContain('# Results');
    expect(first).toContain('--dataset imagenet --data DIR --markdown docs/RESULTS.md');
    const both = withSection(first, 'imagenet', 'photos');
    const again = withSection(both, 'mnist', 'better digits');
    expect(again).toBe(both.replace('\ndigits\n', '\nbetter digits\n'));
    expect(linesOf(again).filter((line) => line.startsWith('<!--'))).toEqual([
      '<!-- experiment mnist: begin -->',
      '<!-- experiment mnist: end -->',
      '<!-- experiment imagenet: begin -->',
      '<!-- experiment imagenet: end -->',
    ]);
  });
  it('keeps what others wrote around it', () => {
    const text = withSection('Mine.\n', 'mnist', 'digits');
    expect(text.startsWith('Mine.\n\n<!-- experiment mnist: begin -->')).toBe(true);
  });
});

describe('chartOf', () => {
  it('draws a bar a row, as long as its frames a second', () => {
    const chart = chartOf(experimentReport());
    const widths = [...chart.matchAll(/<rect x="\d+".*? width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toHaveLength(4);
    expect((widths[2] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(3, 2);
    expect(chart).toContain('300  ×3.00');
  });
});
