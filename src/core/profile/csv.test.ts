import { describe, expect, it } from 'vitest';
import { measured, missing } from '../roofline/metric.ts';
import { profileCsv } from './csv.ts';

const HEADER =
  'id,processor,kind,type,threads,sizeBytes,operationalIntensity,beside,unit,status,reason,median,mad,low,high,n,clock,warnings,shape,samples\r\n';
const COPY = { id: 'wasm:1.copy', processor: 'wasm:1', kind: 'bandwidth', type: 'copy', threads: 1 } as const;

describe('profileCsv', () => {
  it('writes every field of a metric, the samples in one cell', () => {
    const metric = measured({ ...COPY, id: 'wasm:1.copy&webgpu', beside: 'webgpu' }, [5, 6.5, 7], {
      sizeBytes: 134_217_728,
      shape: '128 MiB of memory',
      warnings: ['thermal', 'few-samples'],
    });
    expect(profileCsv({ metrics: [metric] })).toBe(
      `${HEADER}wasm:1.copy&webgpu,wasm:1,bandwidth,copy,1,134217728,,webgpu,GB/s,ok,,6.5,0.5,,,3,performance.now slope,thermal;few-samples,128 MiB of memory,5;6.5;7\r\n`,
    );
  });
  it('quotes commas, quotes and line breaks', () => {
    const metric = missing(COPY, 'error', 'element 0 is 68,\nnot "25"');
    expect(profileCsv({ metrics: [metric] })).toBe(
      `${HEADER}wasm:1.copy,wasm:1,bandwidth,copy,1,,,,GB/s,error,"element 0 is 68,\nnot ""25""",,,,,0,performance.now slope,,,\r\n`,
    );
  });
  it('keeps the interval, and latencies in seconds', () => {
    const latency = {
      ...COPY,
      id: 'webgpu.dispatch',
      processor: 'webgpu',
      kind: 'latency',
      type: 'dispatch',
    } as const;
    const metric = measured(latency, [0.25, 0.5, 1, 1, 2, 4]);
    const [, row] = profileCsv({ metrics: [metric] }).split('\r\n');
    expect(row?.split(',').slice(8, 16)).toEqual(['s', 'ok', '', '1', '0.625', '0.25', '4', '6']);
  });
  it('disarms what a spreadsheet would run', () => {
    const [, row] = profileCsv({ metrics: [missing(COPY, 'error', '=HYPERLINK("x")')] }).split('\r\n');
    expect(row).toContain(`,error,"'=HYPERLINK(""x"")",`);
  });
  it('of nothing is its header', () => {
    expect(profileCsv({ metrics: [] })).toBe(HEADER);
  });
});
