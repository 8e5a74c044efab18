/**
 * @file Keeps the visitor's own model files in this browser (IndexedDB), and nowhere else: what is known of each apart from its
 * bytes, so that a list reads no bytes. Where storage is blocked or full, nothing is kept and nothing fails.
 */
import { createStore, del, entries, get, set, type UseStore } from 'idb-keyval';

type Part = 'facts' | 'files';
const stores = new Map<Part, UseStore>();

function store(part: Part): UseStore {
  const found = stores.get(part) ?? createStore(`ridgepoint-own-models-${part}`, part);
  stores.set(part, found);
  return found;
}

/** What `work` gives, or `otherwise` where storage cannot be reached. */
async function attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch {
    return otherwise;
  }
}

/** The facts of all that is kept, by key. */
export const allFacts = <T>(): Promise<readonly (readonly [string, T])[]> =>
  attempt(() => entries<string, T>(store('facts')), []);

export const fileOf = (key: string): Promise<Blob | null> =>
  attempt(async () => (await get<Blob>(key, store('files'))) ?? null, null);

/** Whether it was kept. A file that is there already is not written again. */
export const keep = (key: string, facts: object, file: Blob): Promise<boolean> =>
  attempt(async () => {
    if (!(await get<Blob>(key, store('files')))) await set(key, file, store('files'));
    await set(key, facts, store('facts'));
    return true;
  }, false);

export const forget = (key: string): Promise<boolean> =>
  attempt(async () => {
    await del(key, store('facts'));
    await del(key, store('files'));
    return true;
  }, false);
