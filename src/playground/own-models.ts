/**
 * @file The visitor's own models: the newest few are kept in this browser, so that they can be opened again. They never leave the
 * device; each can be removed, and the removal undone.
 */
import { parseLabelsFile } from '../core/labels.ts';
import { err, type Result } from '../core/result.ts';
import { keep, readAll, remove } from '../platform/own-model-store.ts';
import type { OwnModelFile } from './own-model-file.ts';
import type { Store } from './state.ts';

interface Kept extends OwnModelFile {
  readonly at: number;
}

const MOST_KEPT = 6;

export class OwnModels {
  private readonly store: Store;
  /** The file of the loaded model, if that is an own one. */
  private current: OwnModelFile | null = null;
  private removed: Kept | null = null;

  constructor(store: Store) {
    this.store = store;
  }

  /** Looks up what is kept from earlier visits. */
  async refresh(): Promise<void> {
    const kept = await this.all();
    await remove(kept.slice(MOST_KEPT).map(({ name }) => name));
    const recentModels = kept
      .slice(0, MOST_KEPT)
      .map(({ name, bytes, at }) => ({ name, bytes: bytes.length, at }));
    this.store.setState({ recentModels });
  }

  /** A file that was loaded: no question is open any more, and it is kept. */
  async opened(file: OwnModelFile): Promise<void> {
    this.current = file;
    this.store.setState({ openFile: null });
    await this.put({ ...file, at: Date.now() });
  }

  /** The question about the open file is withdrawn. */
  forgetQuestion(): void {
    this.store.setState({ openFile: null });
  }

  /** The file of the loaded model: to open it with other sizes. */
  get file(): OwnModelFile | null {
    return this.current;
  }

  async recent(name: string): Promise<OwnModelFile | null> {
    return (await this.all()).find((kept) => kept.name === name) ?? null;
  }

  async remove(name: string): Promise<void> {
    this.removed = (await this.all()).find((kept) => kept.name === name) ?? null;
    await remove([name]);
    await this.refresh();
  }

  /** Puts back what was removed last. */
  async undoRemove(): Promise<void> {
    if (this.removed) await this.put(this.removed);
    this.removed = null;
  }

  /** Names the classes of the loaded own model by a file's text. */
  async setLabels(text: string): Promise<Result<readonly string[]>> {
    const { model } = this.store.getState();
    const file = this.current;
    if (!model || !file) return err({ code: 'model-missing' });
    const labels = parseLabelsFile(text, model.manifest.output.classes);
    if (!labels.ok) return labels;
    this.store.setState({ model: { ...model, labels: labels.value } });
    await this.opened({ ...file, labels: labels.value });
    return labels;
  }

  private async put(file: Kept): Promise<void> {
    await keep(file.name, file);
    await this.refresh();
  }

  private async all(): Promise<readonly Kept[]> {
    const found = (await readAll<Kept>()).map(([, kept]) => kept);
    return found.toSorted((a, b) => b.at - a.at);
  }
}
