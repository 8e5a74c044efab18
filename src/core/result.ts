/**
 * @file Expected failures as values. A `Result` is what an operation returns when failing is part of its job
 * (a corrupt file, a missing GPU, a cancelled measurement). Bugs throw instead and reach the error boundary.
 */
import type { AppError } from './errors.ts';

export type Result<T, E = AppError> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

/** Closes a tagged union: a new variant that is not handled becomes a type error here. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled variant: ${JSON.stringify(value)}`);
}
