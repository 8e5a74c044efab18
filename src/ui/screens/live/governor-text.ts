/** @file What the governor did, in words. Pure. */
import type { GovernorMove } from '../../../playground/state.ts';
import type { DesignSpace } from '../../../playground/codesign/design-space.ts';
import { designName, designOf } from '../../design-text.ts';
import { figure } from '../../number-format.ts';

/** Down the front, to more frames and less accuracy; and up again. */
export const MOVE_SIGNS: Readonly<Record<GovernorMove['reason'], string>> = {
  'too-slow': '▼',
  'room-again': '▲',
};

/** `0:42`. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** `0:42 ▼ 48 px · 51.0 % for 64 px · 57.1 %: 21.0 frames/s, target 30`. */
export function moveText(space: DesignSpace, move: GovernorMove, targetFps: number): string {
  const [to, from] = [move.to, move.from].map((id) => {
    const design = designOf(space, id);
    return design ? designName(space, design) : 'another plan';
  });
  const why =
    move.reason === 'too-slow'
      ? `${figure(move.fps)} frames/s`
      : `room for ${figure(move.capacityFps)} frames/s`;
  return `${clock(move.at)} ${MOVE_SIGNS[move.reason]} ${to} for ${from}: ${why}, target ${targetFps}`;
}
