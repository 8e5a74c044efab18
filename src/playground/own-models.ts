/**
 * @file The visitor's own models: the newest few are kept in this browser, so that they can be opened again. They never leave the
 * device; each can be removed, and the removal undone.
 */
import { parseLabelsFile } from '../core/labels.ts';
import { err, type Result } from '../core/result.ts';
import { allFacts, fileOf, forget, keep } from '../platform/own-model-store.ts';
import { keyOf, type OwnModelFile, type RecentModel } from './own-model-file.ts';
import type { Store } from './state.ts';

/** All but the bytes. */
interface Facts extends Omit<OwnModelFile, 'file'> {
  readonly bytes: number;
  readonly at: number;
}

const MOST_KEPT = 6;

export class OwnModels {
  private readonly store: Store;
  private removed: { readonly facts: Facts; readonly file: Blob } | null = null;

  constructor(store: Store) {
    this.store = store;
  }

  /** Looks up what is kept from earlier visits. */
  async refresh(): Promise<void> {
    const kept = await this.all();
    for (const [key] of kept.slice(MOST_KEPT)) await forget(key);
    const recentModels = kept
      .slice(0, MOST_KEPT)
      .map(([key, { name, bytes, at }]): RecentModel => ({ key, name, bytes, at }));
    this.store.setState({ recentModels });
  }

  /** A file that is in force now is kept. */
  async keep(own: OwnModelFile): Promise<void> {
    const { file, ...said } = own;
    await keep(keyOf(own), { ...said, bytes: file.size, at: Date.now() } satisfies Facts, file);
    await this.refresh();
  }

  /** What was said of this file when it was opened before, sizes and labels; null for a new one. */
  async known(own: Pick<OwnModelFile, 'name' | 'file'>): Promise<Omit<OwnModelFile, 'file'> | null> {
    return (await this.all()).find(([key]) => key === keyOf(own))?.[1] ?? null;
  }

  async recent(key: string): Promise<OwnModelFile | null> {
    const facts = (await this.all()).find(([kept]) => kept === key)?.[1];
    const file = facts && (await fileOf(key));
    return facts && file
      ? { name: facts.name, dimensions: facts.dimensions, labels: facts.labels, file }
      : null;
  }

  async remove(key: string): Promise<void> {
    const facts = (await this.all()).find(([kept]) => kept === key)?.[1];
    const file = await fileOf(key);
    this.removed = facts && file ? { facts, file } : null;
    await forget(key);
    await this.refresh();
  }

  /** Puts back what was removed last, as the newest. */
  async undoRemove(): Promise<void> {
    if (this.removed) await this.keep({ ...this.removed.facts, file: this.removed.file });
    this.removed = null;
  }

  /** The question about an open file is withdrawn. */
  forgetQuestion(): void {
    this.store.setState({ openFile: null });
  }

  /** Asks again how large the open dimensions of the loaded own model shall be. */
  askAgain(): void {
    const { model } = this.store.getState();
    if (model?.own)
      this.store.setState({ openFile: { file: model.own, dimensions: model.description.freeDimensions } });
  }

  /** Names the classes of the loaded own model by a file's text. */
  async setLabels(text: string): Promise<Result<readonly string[]>> {
    const { model } = this.store.getState();
    if (!model?.own) return err({ code: 'model-missing' });
    const labels = parseLabelsFile(text, model.manifest.output.classes);
    if (!labels.ok) return labels;
    const own = { ...model.own, labels: labels.value };
    this.store.setState({ model: { ...model, labels: labels.value, own } });
    await this.keep(own);
    return labels;
  }

  private async all(): Promise<readonly (readonly [string, Facts])[]> {
    return (await allFacts<Facts>()).toSorted(([, a], [, b]) => b.at - a.at);
  }
}
