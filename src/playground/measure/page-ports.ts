/** @file What the measuring protocol needs of the page: its clock, its timers, whether it can be seen. */
import type { Visibility } from '../../platform/visibility.ts';
import type { ProtocolPorts } from '../../workers/bench.client.ts';

export const protocolPorts = ({ untilVisible, timesHidden }: Visibility): ProtocolPorts => ({
  now: () => performance.now() / 1000,
  wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  untilVisible,
  timesHidden,
});
