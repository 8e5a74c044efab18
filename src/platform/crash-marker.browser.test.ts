import { afterEach, describe, expect, it, vi } from 'vitest';
import { CrashMarker, localStore } from './crash-marker.ts';

const MARKER = 'ridgepoint.measuring';

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

const isLocked = async (): Promise<boolean> => {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name?.startsWith(MARKER) === true);
};

/** A page of its own: with it go its locks, as when its tab dies. */
function openPage(): { locks: LockManager; close: () => void } {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const { contentWindow } = frame;
  if (!contentWindow) throw new Error('no page');
  return { locks: contentWindow.navigator.locks, close: () => frame.remove() };
}

describe('a crash marker in the browser', () => {
  it('holds a real lock as long as it measures', async () => {
    const marker = new CrashMarker();
    marker.begin('webgpu.copy');
    await vi.waitUntil(isLocked);
    expect(await new CrashMarker().blamed()).toEqual([]);
    marker.end();
    await vi.waitUntil(async () => !(await isLocked()));
    expect(localStorage).toHaveLength(0);
  });
  it('blames what a page was at that is gone', async () => {
    const page = openPage();
    new CrashMarker(localStore, page.locks).begin('webgpu.copy');
    await vi.waitUntil(isLocked);
    expect(await new CrashMarker().blamed()).toEqual([]);
    page.close();
    await vi.waitUntil(async () => !(await isLocked()));
    const marker = new CrashMarker();
    expect(await marker.blamed()).toEqual([{ step: 'webgpu.copy', why: 'crashed' }]);
    marker.forgive();
    expect(await new CrashMarker().blamed()).toEqual([]);
  });
});

describe('local storage', () => {
  it('keeps values as JSON and forgets null', () => {
    localStore.write('key', { a: [1] });
    expect(localStore.read('key')).toEqual({ a: [1] });
    localStore.write('key', null);
    expect(localStorage.getItem('key')).toBeNull();
    expect(localStore.read('key')).toBeNull();
  });
  it('reads what is no JSON as nothing', async () => {
    for (const garbage of ['{', 'undefined', '', '<html>']) {
      localStorage.setItem(MARKER, garbage);
      expect(localStore.read(MARKER)).toBeNull();
      expect(await new CrashMarker().blamed()).toEqual([]);
    }
  });
  it('that is blocked or full disturbs nothing', async () => {
    const blocked = (): never => {
      throw new DOMException('blocked', 'SecurityError');
    };
    for (const method of ['getItem', 'setItem', 'removeItem'] as const)
      vi.spyOn(Storage.prototype, method).mockImplementation(blocked);
    const marker = new CrashMarker();
    expect(await marker.blamed()).toEqual([]);
    marker.begin('webgpu.copy');
    marker.blame('webgpu.copy', 'hung');
    marker.forgive();
    marker.end();
    expect(await marker.blamed()).toEqual([]);
  });
});
