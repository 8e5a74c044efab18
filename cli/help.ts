/** @file The help texts: the overview, and a command's own. */
import type { Command } from './context.ts';
import { FLAGS, type OptionName } from './options.ts';
import { columns } from './table.ts';

const PROGRAM = 'npm run ridgepoint --';

export function overview(commands: readonly Command[]): string {
  return [
    'Ridgepoint: the Roofline of this device, and a vision model planned on it.',
    '',
    `Usage: ${PROGRAM} COMMAND [options]`,
    '',
    columns(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    '',
    `“${PROGRAM} COMMAND --help” lists a command’s options. What needs a browser runs the built page in a headless`,
    'Chromium (CHROME_PATH names another one). Exit code: 0 done, 1 failed with a reason, 2 wrong usage.',
  ].join('\n');
}

export function helpOf({ usage, details, options }: Command): string {
  const names = Object.keys(FLAGS) as OptionName[];
  const known = names.filter((name) => name === 'help' || name === 'json' || options.includes(name));
  return [
    ...usage.map((line, i) => `${i === 0 ? 'Usage: ' : '       '}${PROGRAM} ${line}`),
    '',
    details,
    '',
    columns(known.map((name) => [`  ${FLAGS[name].help[0]}`, FLAGS[name].help[1]])),
  ].join('\n');
}

/** What is said on wrong usage, after the reason. */
export function hintOf(command: Command | null, commands: readonly Command[]): string {
  if (!command) return `Commands: ${commands.map(({ name }) => name).join(', ')}. Try “${PROGRAM} --help”.`;
  return `Usage: ${PROGRAM} ${command.usage[0] ?? command.name}. Try “${PROGRAM} ${command.name} --help”.`;
}
