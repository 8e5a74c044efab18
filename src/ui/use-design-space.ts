/** @file The explored designs of the model that is loaded; null before, and while those of another model are still there. */
import type { DesignSpace } from '../playground/codesign/design-space.ts';
import { usePlaygroundState } from './playground-context.ts';

export function useDesignSpace(): DesignSpace | null {
  return usePlaygroundState(({ codesign, model }) =>
    codesign?.configurations.some((each) => each.model === model?.published.id) ? codesign : null,
  );
}
