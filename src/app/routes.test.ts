import { describe, expect, it } from 'vitest';
import { routeOf, ROUTES } from './routes.ts';

describe('routeOf', () => {
  it.each(ROUTES)('finds %s by its hash, with or without a slash', (route) => {
    expect(routeOf(`#${route}`)).toBe(route);
    expect(routeOf(`#/${route}`)).toBe(route);
  });
  it.each(['', '#', '#/', '#nowhere', '#Model', '#model/layers', '#toString', 'mo#del'])(
    '%j is Live',
    (hash) => {
      expect(routeOf(hash)).toBe('live');
    },
  );
});
