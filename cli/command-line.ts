/**
 * @file The command line without the process: arguments in, exit code out. 0: done. 1: an expected failure, its reason in one
 * line on stderr and as `{ error }` in `--json`. 2: wrong usage. 130: interrupted. A bug throws.
 */
import { writeFile } from 'node:fs/promises';
import { detailOf } from '../src/core/errors.ts';
import { ok, type Result } from '../src/core/result.ts';
import { classify } from './commands/classify.ts';
import { codesign } from './commands/codesign.ts';
import { compare } from './commands/compare.ts';
import { compose } from './commands/compose.ts';
import { experiment } from './commands/experiment.ts';
import { fuse } from './commands/fuse.ts';
import { inspect } from './commands/inspect.ts';
import { plan } from './commands/plan.ts';
import { roofline } from './commands/roofline.ts';
import type { Command, Context, Io } from './context.ts';
import { fail, type CliError } from './failure.ts';
import { helpOf, hintOf, overview } from './help.ts';
import { checkWritable } from './input.ts';
import { parseOptions, type Options } from './options.ts';

export const COMMANDS: readonly Command[] = [
  roofline,
  plan,
  classify,
  fuse,
  compose,
  inspect,
  compare,
  codesign,
  experiment,
];

export async function main(argv: readonly string[], context: Context): Promise<number> {
  const { io } = context;
  const wrong = (reason: string, command: Command | null): number => {
    io.err(`${reason}.\n${hintOf(command, COMMANDS)}\n`);
    return 2;
  };
  const [name, ...rest] = argv;
  if (name === undefined) return wrong('No command was given', null);
  if (name === '--help' || name === '-h' || name === 'help') {
    io.out(`${overview(COMMANDS)}\n`);
    return 0;
  }
  const command = COMMANDS.find((known) => known.name === name);
  if (!command)
    return wrong(
      name.startsWith('-') ? `The command comes before ${name}` : `There is no command “${name}”`,
      null,
    );
  const parsed = parseOptions(rest, ['json', ...command.options]);
  if (!parsed.ok) return wrong(parsed.error, command);
  const options = parsed.value;
  if (options.help) {
    io.out(`${helpOf(command)}\n`);
    return 0;
  }
  const misuse = command.wrongUsage(options);
  if (misuse !== null) return wrong(misuse, command);
  return execute(command, options, context);
}

async function execute(command: Command, options: Options, context: Context): Promise<number> {
  const { io } = context;
  const toFile = options.json !== undefined && options.json !== '-';
  const writable = toFile ? await checkWritable(options.json) : ok(null);
  if (!writable.ok) {
    io.err(`${writable.error.message}\n`);
    return 1;
  }
  const outcome = await command.run(options, context);
  if (io.signal.aborted) {
    io.err('Interrupted.\n');
    return 130;
  }
  const written = await report(outcome.ok ? outcome.value.json : { error: outcome.error }, options.json, io);
  // With `--json -` stdout is JSON and nothing else.
  if (outcome.ok) (options.json === '-' ? io.err : io.out)(`${outcome.value.text}\n`);
  const failed = outcome.ok ? written : outcome;
  if (failed.ok) return 0;
  io.err(`${failed.error.message}\n`);
  return 1;
}

async function report(json: unknown, target: string | undefined, io: Io): Promise<Result<null, CliError>> {
  if (target === undefined) return ok(null);
  const text = `${JSON.stringify(json, null, 2)}\n`;
  if (target === '-') {
    io.out(text);
    return ok(null);
  }
  try {
    await writeFile(target, text);
    return ok(null);
  } catch (thrown) {
    return fail('file-unwritable', `Cannot write ${target}: ${detailOf(thrown)}.`);
  }
}
