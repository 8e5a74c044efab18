/** @file What this device lacks, each with its reason and what can be done. */
import { deviceConditions } from '../../core/device-conditions.ts';
import { usePlaygroundState } from '../playground-context.ts';
import { Remark } from './Remark.tsx';

export function DeviceRemarks() {
  const capabilities = usePlaygroundState((state) => state.capabilities);
  if (!capabilities) return null;
  return (
    <div>
      {deviceConditions(capabilities).map(({ id, badge, message }) => (
        <Remark key={id} title={badge}>
          {message.what} {message.remedy}
        </Remark>
      ))}
    </div>
  );
}
