/**
 * @file Which worker runs what in live. The workers are kept by the places of their processors in the report, so that of two
 * equal ones the slow one stays the slow one from plan to plan. Pure.
 */
import type { AppError } from '../core/errors.ts';
import { membersOf, processorsOf, type Member, type Plan } from '../core/planning/plan.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import type { StageClient } from '../workers/stage.client.ts';

export interface Seating {
  /** One a worker, in the order of the report; empty where no report has a say. */
  readonly seats: readonly Member[];
  /** The plan, its processors by the workers' order. */
  readonly plan: Pick<Plan, 'stages'>;
}

/** The plan on the workers that are `open` already, and those that it needs besides. */
export function seat(entry: Pick<Plan, 'stages'>, open: readonly Member[]): Seating {
  const isOpen = (place: number): boolean => open.some(({ processorIndex }) => processorIndex === place);
  const added = processorsOf(entry).filter(({ processorIndex }) => !isOpen(processorIndex));
  const seats = [...open, ...added].toSorted((a, b) => a.processorIndex - b.processorIndex);
  const stages = entry.stages.map((stage) => {
    const [first, ...others] = membersOf(stage).map(({ processor, processorIndex: place }) => ({
      processor,
      processorIndex: seats.findIndex(({ processorIndex }) => processorIndex === place),
    }));
    return { ...stage, ...first, ...(others.length > 0 && { others }) };
  });
  return { seats, plan: { stages } };
}

/** The whole model on one worker. */
export const wholeModel = (processor: ProcessorId, units: number): Seating => ({
  seats: [],
  plan: { stages: [{ processor, processorIndex: 0, fromUnit: 0, toUnit: units - 1 }] },
});

const OF_PROCESSORS: readonly AppError['code'][] = [
  'engine-failed',
  'worker-failed',
  'device-lost',
  'webgpu-unavailable',
  'gpu-wrong',
  'cancelled',
];
/** Whether another processor, or another worker, may not have this failure. */
export const isOfProcessors = ({ code }: AppError): boolean => OF_PROCESSORS.includes(code);

const OF_THE_GPU: readonly AppError['code'][] = ['device-lost', 'webgpu-unavailable', 'gpu-wrong'];

/**
 * The processor that a failure leaves useless although its worker lives: a GPU that is lost stays lost, one that computes
 * wrongly is no better the next time, and an engine that ran out of memory does not come back.
 */
export function lostProcessor(error: AppError): string | null {
  if (error.code === 'engine-failed') return error.processor;
  return OF_THE_GPU.includes(error.code) ? 'webgpu' : null;
}

/** Of these workers, those that a failure leaves useless; where it has a culprit, that one alone. */
export function uselessOf(
  error: AppError,
  culprit: StageClient | undefined,
  clients: readonly StageClient[],
): readonly StageClient[] {
  const lost = lostProcessor(error);
  return clients.filter((client) => client.processor === lost && (culprit ?? client) === client);
}
