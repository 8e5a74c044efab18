/**
 * @file Remembers what ran when a tab died, so that it is left out the next time instead of killing the tab again. The
 * step in work is written to local storage before it begins and wiped after it; a page that finds one left behind, with no
 * other tab holding its lock, knows what happened. Where storage is blocked it remembers nothing and disturbs nothing.
 */

/** A step that is left out, and why. */
export interface Blamed {
  readonly step: string;
  readonly why: 'crashed' | 'hung';
}

interface Marker {
  readonly step: string;
  /** Name of the lock that the measuring tab holds as long as it lives. */
  readonly lock: string;
}

const MARKER_KEY = 'ridgepoint.measuring';
const BLAMED_KEY = 'ridgepoint.left-out';

/** Storage that may be blocked: then it holds nothing. */
export interface SafeStorage {
  read(key: string): unknown;
  write(key: string, value: unknown): void;
}

export const localStore: SafeStorage = {
  read: (key) => {
    try {
      return JSON.parse(localStorage.getItem(key) ?? 'null') as unknown;
    } catch {
      return null; // Blocked, or not ours.
    }
  },
  write: (key, value) => {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Blocked or full: what cannot be remembered is measured again.
    }
  },
};

function markerOf(value: unknown): Marker | null {
  if (typeof value !== 'object' || value === null) return null;
  const { step, lock } = value as Record<string, unknown>;
  return typeof step === 'string' && typeof lock === 'string' ? { step, lock } : null;
}

function blamedOf(value: unknown): readonly Blamed[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { step, why } = entry as Record<string, unknown>;
    return typeof step === 'string' && (why === 'crashed' || why === 'hung') ? [{ step, why }] : [];
  });
}

export class CrashMarker {
  private readonly storage: SafeStorage;
  private readonly locks: LockManager | null;
  private readonly lock = `ridgepoint.measuring.${crypto.randomUUID()}`;
  private release: (() => void) | null = null;

  constructor(storage: SafeStorage = localStore, locks: LockManager | null = availableLocks()) {
    this.storage = storage;
    this.locks = locks;
  }

  /** What is left out, what a dead tab left behind included. Call before `begin`. */
  async blamed(): Promise<readonly Blamed[]> {
    const marker = markerOf(this.storage.read(MARKER_KEY));
    if (marker && !(await this.isHeld(marker.lock))) {
      this.storage.write(MARKER_KEY, null);
      this.blame(marker.step, 'crashed');
    }
    return blamedOf(this.storage.read(BLAMED_KEY));
  }

  /** A step begins; the next one, or `end`, says that it was survived. */
  begin(step: string): void {
    this.holdLock();
    this.storage.write(MARKER_KEY, { step, lock: this.lock });
  }

  end(): void {
    this.storage.write(MARKER_KEY, null);
    this.release?.();
    this.release = null;
  }

  /** Leaves a step out from now on. */
  blame(step: string, why: Blamed['why']): void {
    const others = blamedOf(this.storage.read(BLAMED_KEY)).filter((entry) => entry.step !== step);
    this.storage.write(BLAMED_KEY, [...others, { step, why }]);
  }

  /** Everything gets another chance. */
  forgive(): void {
    this.storage.write(BLAMED_KEY, null);
  }

  private holdLock(): void {
    if (this.release || !this.locks) return;
    const held = new Promise<void>((resolve) => (this.release = resolve));
    // Refused only in documents that are not fully active; then there is no lock, and no harm.
    this.locks.request(this.lock, () => held).catch(() => undefined);
  }

  private async isHeld(lock: string): Promise<boolean> {
    if (!this.locks || lock === this.lock) return lock === this.lock && this.release !== null;
    // Refused like a request: then nobody is known to hold it.
    const { held = [] } = await this.locks.query().catch((): LockManagerSnapshot => ({}));
    return held.some(({ name }) => name === lock);
  }
}

/** The types promise it; pages without a secure context have none. */
const availableLocks = (): LockManager | null =>
  (navigator as { readonly locks?: LockManager }).locks ?? null;
