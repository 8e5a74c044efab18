/**
 * @file Keeps the visitor's own model files in this browser (IndexedDB), and nowhere else. Where storage is blocked or full, nothing is
 * kept and nothing fails.
 */
import { createStore, delMany, entries, set, type UseStore } from 'idb-keyval';

let opened: UseStore | null = null;
const store = (): UseStore => (opened ??= createStore('ridgepoint-own-models', 'files'));

/** All that is kept, by key; empty where storage is blocked. */
export async function readAll<T>(): Promise<readonly (readonly [string, T])[]> {
  try {
    return await entries<string, T>(store());
  } catch {
    return [];
  }
}

/** Whether it was kept. */
export async function keep<T>(key: string, value: T): Promise<boolean> {
  try {
    await set(key, value, store());
    return true;
  } catch {
    return false;
  }
}

export async function remove(keys: readonly string[]): Promise<void> {
  try {
    await delMany([...keys], store());
  } catch {
    // What cannot be reached is not kept either.
  }
}
