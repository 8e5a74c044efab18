/** @file The designs of the loaded model: explored, put in force one after another, and moved along by the governor. */
import { networkOf, type Design } from '../../core/codesign/design.ts';
import { processorsOf } from '../../core/planning/plan.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { LiveController } from '../live-controller.ts';
import type { ModelHolder } from '../model-holder.ts';
import type { TaskRunner, Work } from '../task-runner.ts';
import type { DesignSpace } from './design-space.ts';
import { DesignExplorer, type ExploreOptions, type ExplorerHost } from './explorer.ts';
import { LiveGovernor } from './live-governor.ts';
import type { StandBy } from '../live-workers.ts';

/** What it needs of the playground. */
export interface DesignsHost extends Omit<ExplorerHost, 'family' | 'live' | 'report'> {
  readonly live: LiveController;
  readonly holder: ModelHolder;
  readonly tasks: TaskRunner;
}

/** Designs that stand by, and their weights in all workers together: phones end pages that take much more. */
const [MOST_STAND_BY, STAND_BY_BYTES] = [8, 160 * 2 ** 20];

/** To load a segment there compiles shaders, and frames that wait for that may count as lost. */
const usesGpu = ({ plan }: Design): boolean =>
  processorsOf(plan).some(({ processor }) => processor === 'webgpu');

export class Designs {
  readonly governor: LiveGovernor;
  private readonly host: DesignsHost;
  private readonly explorer: DesignExplorer;
  private last: Promise<unknown> = Promise.resolve();

  constructor(host: DesignsHost) {
    this.host = host;
    this.explorer = new DesignExplorer({
      ...host,
      family: host.holder,
      report: (error) => host.tasks.report(error),
    });
    this.governor = new LiveGovernor({
      store: host.store,
      applyDesign: (id) => this.apply(id),
      standBy: (ids) => this.standBy(ids),
    });
  }

  explore(options: ExploreOptions, work: Work): Promise<Result<DesignSpace>> {
    return this.explorer.explore(options, work);
  }

  runEveryPlan(network: string, work: Work): Promise<Result<readonly Design[]>> {
    return this.explorer.runEveryPlan(network, work);
  }

  /** A failure is shown, and leaves what was in force. */
  apply(id: string): Promise<Result<null>> {
    const next = this.last.then(async () => {
      const applied = await this.deploy(id);
      if (!applied.ok) this.host.tasks.report(applied.error);
      return applied;
    });
    this.last = next.catch(() => undefined);
    return next;
  }

  /** A failure is shown by whoever needs the design then. */
  private standBy(ids: readonly string[]): void {
    const { live, holder } = this.host;
    const plans: StandBy[] = [];
    let bytes = 0;
    for (const id of ids) {
      const design = this.designOf(id);
      if (!design || usesGpu(design)) continue;
      const more = this.explorer.weightBytesOf(design);
      if (plans.length === MOST_STAND_BY || bytes + more > STAND_BY_BYTES) continue;
      // Last, for it prices all plans of the network anew.
      const report = this.explorer.reportOf(design);
      if (!report) continue;
      bytes += more;
      const segments = holder.segmentsOf(design.model, design.configuration);
      plans.push({ entry: report.chosen, segments, of: networkOf(design) });
    }
    void live.standBy(plans);
  }

  private designOf(id: string): Design | undefined {
    return this.host.store.getState().codesign?.designs.find((each) => each.id === id);
  }

  private async deploy(id: string): Promise<Result<null>> {
    const { tasks, holder, live } = this.host;
    const busy = tasks.busy();
    if (busy) return err(busy);
    const design = this.designOf(id);
    const report = design && this.explorer.reportOf(design);
    if (!report) return err({ code: 'design-unknown', id });
    const deployed = await holder.deploy(design, report);
    if (!deployed.ok) return deployed;
    return live.source ? live.redeploy() : ok(null);
  }
}
