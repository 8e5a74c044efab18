/**
 * @file What a command is given to work with, and what it gives back. Nothing in a command touches the process: tests hand
 * in their own streams and their own browser.
 */
import type { Result } from '../src/core/result.ts';
import type { Failure, RidgepointApi } from '../src/playground/console-api.ts';
import type { CliError } from './failure.ts';
import type { OptionName, Options } from './options.ts';

export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether stderr is a terminal, where a line of progress may be redrawn. */
  readonly isTerminal: boolean;
  /** Aborted by Ctrl-C: the command closes what it opened and ends. */
  readonly signal: AbortSignal;
}

/** Verbs of `window.ridgepoint` that the command line calls. */
export type Verb = 'roofline' | 'plan' | 'classify' | 'fuse' | 'compose' | 'codesign' | 'experiment';
export type Argument<V extends Verb> = NonNullable<Parameters<RidgepointApi[V]>[0]>;
export type Answer<V extends Verb> = Exclude<Awaited<ReturnType<RidgepointApi[V]>>, Failure>;

export interface Request<V extends Verb> {
  readonly verb: V;
  readonly argument: Argument<V>;
  /** Files of this machine that the page may read: pathname on the server → path on disk. */
  readonly files: ReadonlyMap<string, string>;
  /** Whether the browser should have an adapter, a software one if there is no other. */
  readonly webgpu: boolean;
}

/** Opens the built page in a headless browser, calls one verb and closes everything again. */
export type Drive = <V extends Verb>(request: Request<V>, io: Io) => Promise<Result<Answer<V>, CliError>>;

export interface Context {
  readonly io: Io;
  readonly drive: Drive;
}

export interface Outcome {
  /** What `--json` holds. */
  readonly json: unknown;
  /** What a reader sees on stdout. */
  readonly text: string;
}

export interface Command {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** How it is called, without the program's name; one line a way. */
  readonly usage: readonly string[];
  /** What it does and what it needs, for its own help. */
  readonly details: string;
  readonly options: readonly OptionName[];
  /** Why these options make no sense together, or null. */
  readonly wrongUsage: (options: Options) => string | null;
  readonly run: (options: Options, context: Context) => Promise<Result<Outcome, CliError>>;
}
