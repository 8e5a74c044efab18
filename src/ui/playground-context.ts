/** @file React's way to the playground: the object for its verbs, a selector for what it knows. */
import { createContext, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Playground } from '../playground/playground.ts';
import type { PlaygroundState, Task } from '../playground/state.ts';
import { TASK_KEYS } from '../playground/task-runner.ts';

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

/** The same for parts that change faster than they have to be drawn: the newest, at most once in `everyMs`. */
export function useSampledState<T>(selector: (state: PlaygroundState) => T, everyMs: number): T {
  const { store } = usePlayground();
  const [value, setValue] = useState(() => selector(store.getState()));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isStale = false;
    const take = (): void => {
      setValue(() => selector(store.getState()));
      isStale = false;
      timer = setTimeout(() => {
        timer = undefined;
        if (isStale) take();
      }, everyMs);
    };
    const unsubscribe = store.subscribe((state, before) => {
      if (selector(state) === selector(before)) return;
      isStale = true;
      if (timer === undefined) take();
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store, selector, everyMs]);
  return value;
}

export type RunningTask = Extract<Task, { status: 'running' }>;

/** The long task in work, if any; there is never more than one. */
export function useRunningTask(): RunningTask | null {
  return usePlaygroundState((state) => {
    const running = TASK_KEYS.map((key) => state[key]).find(({ status }) => status === 'running');
    return running?.status === 'running' ? running : null;
  });
}
