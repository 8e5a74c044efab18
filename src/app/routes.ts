/** @file The screens and their hash addresses: `#live`, `#model`, … An unknown hash is Live. */
import { useSyncExternalStore } from 'react';

export const ROUTES = ['live', 'model', 'roofline', 'partition', 'codesign', 'compare'] as const;
export type Route = (typeof ROUTES)[number];

export function routeOf(hash: string): Route {
  const id = hash.replace(/^#\/?/, '');
  return ROUTES.find((route) => route === id) ?? 'live';
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, () => routeOf(window.location.hash));
}
