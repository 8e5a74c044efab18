/** @file Runs the command line in a test: its own streams, a folder of its own, and a page that the test plays. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Result } from '../../src/core/result.ts';
import { main } from '../command-line.ts';
import type { Answer, Drive, Request, Verb } from '../context.ts';
import type { CliError } from '../failure.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the page was asked, in order. */
  readonly requests: readonly Request<Verb>[];
}

export interface Page {
  readonly answer?: Result<unknown, CliError>;
  /** Interrupted before the page answers. */
  readonly interrupted?: boolean;
}

/** Without an answer, a command that asks the page is a fault of the test. */
export async function run(argv: readonly string[], { answer, interrupted = false }: Page = {}): Promise<Ran> {
  const requests: Request<Verb>[] = [];
  const interrupt = new AbortController();
  const drive = ((request: Request<Verb>) => {
    requests.push(request);
    if (interrupted) interrupt.abort();
    if (!answer) throw new Error(`the page was asked for ${request.verb}`);
    return Promise.resolve(answer as Result<Answer<Verb>, CliError>);
  }) as Drive;
  const text = { out: '', err: '' };
  const io = {
    out: (more: string) => void (text.out += more),
    err: (more: string) => void (text.err += more),
    isTerminal: false,
    signal: interrupt.signal,
  };
  const code = await main(argv, { io, drive });
  return { code, ...text, requests };
}

export interface Folder {
  readonly path: (name: string) => string;
  readonly write: (name: string, content: string | Uint8Array) => Promise<string>;
  readonly json: (name: string) => Promise<unknown>;
}

/** A folder that goes with the test. */
export async function folder(): Promise<Folder> {
  const root = await mkdtemp(join(tmpdir(), 'ridgepoint-cli-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const path = (name: string): string => join(root, name);
  return {
    path,
    write: async (name, content) => {
      await writeFile(path(name), content);
      return path(name);
    },
    json: async (name): Promise<unknown> => JSON.parse(await readFile(path(name), 'utf8')),
  };
}
