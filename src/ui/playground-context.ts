/** @file React's way to the playground: the object for its verbs, a selector for what it knows. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Playground } from '../playground/playground.ts';
import type { PlaygroundState, Task } from '../playground/state.ts';

export const PlaygroundContext = createContext<Playground | null>(null);

export function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext);
  if (!playground) throw new Error('usePlayground outside of PlaygroundContext');
  return playground;
}

/** One part of the state; selectors must return stored values, not new objects. */
export function usePlaygroundState<T>(selector: (state: PlaygroundState) => T): T {
  return useStore(usePlayground().store, selector);
}

export type RunningTask = Extract<Task, { status: 'running' }>;

/** The long task in work, if any; there is never more than one. */
export function useRunningTask(): RunningTask | null {
  return usePlaygroundState(({ modelTask, timingTask, measureTask, sustainTask, planTask, classifyTask }) => {
    const running = [modelTask, timingTask, measureTask, sustainTask, planTask, classifyTask].find(
      (task) => task.status === 'running',
    );
    return running?.status === 'running' ? running : null;
  });
}
