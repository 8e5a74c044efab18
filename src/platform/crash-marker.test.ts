import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CrashMarker, type SafeStorage } from './crash-marker.ts';

const MARKER = 'ridgepoint.measuring';
const BLAMED = 'ridgepoint.left-out';

/** Storage that every tab of a browser shares. */
class Shelf implements SafeStorage {
  readonly values = new Map<string, unknown>();
  read(key: string): unknown {
    return this.values.get(key) ?? null;
  }
  write(key: string, value: unknown): void {
    if (value === null) this.values.delete(key);
    else this.values.set(key, structuredClone(value));
  }
}

/** Locks that a tab holds until it ends them, or dies. */
class Locks {
  readonly held = new Map<string, () => void>();
  readonly manager = {
    request: async (name: string, work: () => Promise<unknown>): Promise<unknown> => {
      const died = new Promise<void>((resolve) => this.held.set(name, resolve));
      await Promise.race([work(), died]);
      this.held.delete(name);
      return undefined;
    },
    query: () => Promise.resolve({ held: [...this.held.keys()].map((name) => ({ name })), pending: [] }),
  } as unknown as LockManager;
  /** Every tab that measures is killed. */
  crash(): void {
    for (const die of this.held.values()) die();
    this.held.clear();
  }
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

describe('a crash marker', () => {
  it('remembers nothing of a measurement that ended', async () => {
    const [shelf, locks] = [new Shelf(), new Locks()];
    const marker = new CrashMarker(shelf, locks.manager);
    expect(await marker.blamed()).toEqual([]);
    marker.begin('webgpu.copy');
    marker.begin('webgpu.read');
    expect(shelf.read(MARKER)).toMatchObject({ step: 'webgpu.read' });
    marker.end();
    await settled();
    expect(shelf.values.size).toBe(0);
    expect(locks.held.size).toBe(0);
    expect(await new CrashMarker(shelf, locks.manager).blamed()).toEqual([]);
  });
  it('blames the step that a dead tab left behind, once and for good', async () => {
    const [shelf, locks] = [new Shelf(), new Locks()];
    const dying = new CrashMarker(shelf, locks.manager);
    dying.begin('webgpu.copy');
    dying.begin('webgpu.triad');
    locks.crash();
    const next = new CrashMarker(shelf, locks.manager);
    const blamed = [{ step: 'webgpu.triad', why: 'crashed' }];
    expect(await next.blamed()).toEqual(blamed);
    expect(shelf.read(MARKER)).toBeNull();
    expect(await next.blamed()).toEqual(blamed);
    expect(await new CrashMarker(shelf, locks.manager).blamed()).toEqual(blamed);
  });
  it('does not blame what another living tab, or itself, is at', async () => {
    const [shelf, locks] = [new Shelf(), new Locks()];
    const measuring = new CrashMarker(shelf, locks.manager);
    measuring.begin('webgpu.copy');
    const other = new CrashMarker(shelf, locks.manager);
    expect(await other.blamed()).toEqual([]);
    expect(await measuring.blamed()).toEqual([]);
    expect(shelf.read(MARKER)).toMatchObject({ step: 'webgpu.copy' });
    locks.crash();
    expect(await other.blamed()).toEqual([{ step: 'webgpu.copy', why: 'crashed' }]);
  });
  it('holds its lock from the first step to the end, and again the next time', async () => {
    const [shelf, locks] = [new Shelf(), new Locks()];
    const marker = new CrashMarker(shelf, locks.manager);
    for (const step of ['first', 'second']) {
      expect(locks.held.size).toBe(0);
      marker.begin(step);
      marker.begin(`${step} again`);
      await settled();
      expect(locks.held.size).toBe(1);
      marker.end();
      await settled();
    }
    expect(locks.held.size).toBe(0);
  });
  it('has a lock of its own a tab', () => {
    const [shelf, locks] = [new Shelf(), new Locks()];
    new CrashMarker(shelf, locks.manager).begin('a');
    new CrashMarker(shelf, locks.manager).begin('b');
    expect(locks.held.size).toBe(2);
  });
  it('keeps one entry a step, the latest reason last', async () => {
    const marker = new CrashMarker(new Shelf(), null);
    marker.blame('a', 'hung');
    marker.blame('b', 'hung');
    marker.blame('a', 'crashed');
    expect(await marker.blamed()).toEqual([
      { step: 'b', why: 'hung' },
      { step: 'a', why: 'crashed' },
    ]);
  });
  it('forgives everything, but not what is found after', async () => {
    const shelf = new Shelf();
    const marker = new CrashMarker(shelf, null);
    marker.blame('a', 'hung');
    marker.forgive();
    expect(await marker.blamed()).toEqual([]);
    marker.begin('b');
    expect(await new CrashMarker(shelf, null).blamed()).toEqual([{ step: 'b', why: 'crashed' }]);
  });
  it('takes a left marker for a crash where there are no locks, or they are refused', async () => {
    const refusing = {
      request: () => Promise.reject(new DOMException('denied', 'SecurityError')),
      query: () => Promise.reject(new DOMException('denied', 'SecurityError')),
    } as unknown as LockManager;
    for (const locks of [null, refusing]) {
      const shelf = new Shelf();
      new CrashMarker(shelf, locks).begin('a');
      await settled();
      expect(await new CrashMarker(shelf, locks).blamed()).toEqual([{ step: 'a', why: 'crashed' }]);
    }
  });
  it('survives whatever is in storage', async () => {
    const garbage = fc.oneof(
      fc.anything(),
      fc.array(fc.record({ step: fc.anything(), why: fc.constantFrom('crashed', 'hung', 'else', 7) })),
      fc.record({ step: fc.anything(), lock: fc.anything() }),
    );
    await fc.assert(
      fc.asyncProperty(garbage, garbage, async (left, blamed) => {
        const storage: SafeStorage = {
          read: (key) => (key === MARKER ? left : blamed),
          write: () => undefined,
        };
        const marker = new CrashMarker(storage, new Locks().manager);
        for (const { step, why } of await marker.blamed()) {
          expect(typeof step).toBe('string');
          expect(['crashed', 'hung']).toContain(why);
        }
        marker.begin('a');
        marker.blame('b', 'hung');
        marker.end();
      }),
    );
  });
  it('keeps what it understands of a list', async () => {
    const shelf = new Shelf();
    shelf.write(BLAMED, [
      { step: 'a', why: 'hung', more: 1 },
      null,
      'b',
      { step: 'c', why: 'tired' },
      { step: 3 },
    ]);
    expect(await new CrashMarker(shelf, null).blamed()).toEqual([{ step: 'a', why: 'hung' }]);
  });
});
