/** @file What this device is, in a line: its state as dot and word. */
import { deviceConditions } from '../core/device-conditions.ts';
import { usePlaygroundState } from '../ui/playground-context.ts';
import css from './DeviceChip.module.css';

export function DeviceChip() {
  const capabilities = usePlaygroundState((state) => state.capabilities);
  const isMeasured = usePlaygroundState((state) => state.profile !== null);
  if (!capabilities) return null;
  const conditions = deviceConditions(capabilities);
  const gpu =
    capabilities.webgpu === 'ok' && conditions.every(({ id }) => id !== 'software-adapter') ? ['WebGPU'] : [];
  const parts = [...gpu, `${capabilities.cores} cores`, ...conditions.map(({ badge }) => badge)];
  return (
    <a
      data-chip
      className={css['chip']}
      href="#roofline"
      title={conditions.map(({ message }) => `${message.what} ${message.remedy}`).join('\n')}
    >
      <i data-state={isMeasured ? 'measured' : 'new'} aria-hidden />
      {isMeasured ? 'Measured' : 'Not measured'} · {parts.join(' · ')}
    </a>
  );
}
