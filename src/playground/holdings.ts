/** @file Which segments lie in which stage workers, so that what a worker holds already is not loaded again. */
import { membersOf, type Plan } from '../core/planning/plan.ts';
import { segmentName } from './run-plan.ts';
import type { StageClient } from '../workers/stage.client.ts';

/** Segments that a plan of a network (`of`, see `segmentName`) has in these workers, by their places in it. */
export interface Holding {
  readonly plan: Pick<Plan, 'stages'>;
  readonly clients: readonly StageClient[];
  readonly of: string;
}

export class Holdings {
  private readonly held = new Map<StageClient, Set<string>>();

  has(client: StageClient, segment: string): boolean {
    return this.held.get(client)?.has(segment) ?? false;
  }

  /** The worker has loaded it. */
  add(client: StageClient, segment: string): void {
    this.held.set(client, (this.held.get(client) ?? new Set()).add(segment));
  }

  /** Unloads all but these. What a dead worker is asked ends at once. */
  async keepOnly(wanted: readonly Holding[]): Promise<void> {
    const kept = new Holdings();
    for (const [client, segment] of wanted.flatMap(placesOf)) kept.add(client, segment);
    for (const [client, segments] of [...this.held]) {
      for (const segment of [...segments]) {
        if (kept.has(client, segment)) continue;
        segments.delete(segment);
        await client.worker.call((remote) => remote.unload(segment));
      }
      if (segments.size === 0) this.held.delete(client);
    }
  }
}

const placesOf = ({ plan, clients, of }: Holding): readonly (readonly [StageClient, string])[] =>
  plan.stages.flatMap((stage) =>
    membersOf(stage).flatMap(({ processorIndex }) => {
      const client = clients[processorIndex];
      return client ? [[client, segmentName(stage, of)] as const] : [];
    }),
  );
