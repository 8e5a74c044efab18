/** @file Fetching our own files with progress; failures are `fetch-failed` with the HTTP status. */
import { err, ok, type Result } from '../core/result.ts';

export async function fetchJson(url: string, what: string, signal: AbortSignal): Promise<Result<unknown>> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) return err({ code: 'fetch-failed', what, status: response.status });
    return ok(await response.json());
  } catch {
    return err(signal.aborted ? { code: 'cancelled' } : { code: 'fetch-failed', what, status: null });
  }
}

/** The bytes at `url`; `onProgress` gets the bytes so far. */
export async function fetchBytes(
  url: string,
  what: string,
  signal: AbortSignal,
  onProgress: (loadedBytes: number) => void,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok || !response.body) return err({ code: 'fetch-failed', what, status: response.status });
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let loaded = 0;
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      loaded += value.length;
      onProgress(loaded);
    }
    return ok(new Uint8Array(await new Blob(chunks).arrayBuffer()));
  } catch {
    return err(signal.aborted ? { code: 'cancelled' } : { code: 'fetch-failed', what, status: null });
  }
}
