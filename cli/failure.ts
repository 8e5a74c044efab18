/**
 * @file Expected failures of the command line: a code that is stable in `--json`, and one line for stderr. The page's own
 * failures come through with their codes; those that only the command line can have are added here.
 */
import type { AppError } from '../src/core/errors.ts';
import { messageOf } from '../src/core/messages.ts';
import { err } from '../src/core/result.ts';

export type FailureCode =
  | AppError['code']
  | 'browser-missing'
  | 'build-failed'
  | 'file-unreadable'
  | 'file-unwritable'
  | 'model-unknown'
  | 'page-failed'
  | 'server-failed';

export interface CliError {
  readonly code: FailureCode;
  /** One line. */
  readonly message: string;
}

/** Characters of a foreign message (a stack, a page of protobuf text) that are worth a line. */
const LONGEST = 400;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, LONGEST);

export const fail = (code: FailureCode, message: string) =>
  err<CliError>({ code, message: oneLine(message) });

/** What happened, to which file; without the page's advice, which speaks of buttons. */
export const failOn = (path: string, error: AppError) =>
  fail(error.code, `${path}: ${messageOf(error).what}${adviceOf(error)}`);

const adviceOf = (error: AppError): string =>
  error.code === 'model-open' ? ' Give each a size: --dimension NAME=SIZE.' : '';
