/** @file A profile with a calibration of every processor of a plan: those that it lacks are calibrated once and for all. */
import { transfersOf } from '../core/planning/transfer.ts';
import type { DeviceProfile } from '../core/profile/profile.ts';
import { ok, type Result } from '../core/result.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { calibrate, type CalibrationRequest } from './calibrate.ts';

/** Of all processors together. */
const BUDGET_SECONDS = 3.7;

/** The same profile where there is nothing to calibrate, or the engine fails at it: the planner has other prices. */
export async function calibratedProfile(
  profile: DeviceProfile,
  clients: readonly StageClient[],
  work: Pick<CalibrationRequest, 'signal' | 'onProgress'>,
): Promise<Result<DeviceProfile>> {
  const known = profile.calibration ?? [];
  const isKnown = (client: StageClient): boolean =>
    known.some(({ processor }) => processor === client.processor);
  const lacking = clients.filter((client) => !isKnown(client));
  const count = new Set(lacking.map(({ processor }) => processor)).size;
  if (count === 0) return ok(profile);
  const found = await calibrate({
    clients: lacking,
    transfers: transfersOf(profile),
    budgetSeconds: BUDGET_SECONDS / count,
    ...work,
  });
  if (found.ok) return ok({ ...profile, calibration: [...known, ...found.value] });
  return found.error.code === 'cancelled' ? found : ok(profile);
}
