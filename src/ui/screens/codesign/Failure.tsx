/** @file Why exploring failed, until it is tried again; nothing else. */
import { messageOf } from '../../../core/messages.ts';
import { Remark } from '../../components/Remark.tsx';
import { usePlaygroundState } from '../../playground-context.ts';

export function Failure() {
  const task = usePlaygroundState((state) => state.codesignTask);
  if (task.status !== 'failed') return null;
  const { what, remedy } = messageOf(task.error);
  return <Remark title={what}>{remedy}</Remark>;
}
