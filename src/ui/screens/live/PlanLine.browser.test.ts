import { createElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { planOn, reportOn } from '../../../fixtures/live.ts';
import type { Playground } from '../../../playground/playground.ts';
import { createPlaygroundStore, LIVE_OFF } from '../../../playground/state.ts';
import { PlaygroundContext } from '../../playground-context.ts';
import { PlanLine } from './PlanLine.tsx';

let root: Root | null = null;
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

it('a lost GPU is told, and its button can be reached and pressed by the keyboard', async () => {
  const chosen = planOn('pipeline', ['webgpu', 'wasm:1']);
  const store = createPlaygroundStore();
  const retry = vi.fn(() => store.setState({ live: { ...LIVE_OFF, status: 'on', plan: chosen } }));
  store.setState({
    plan: reportOn(chosen),
    live: {
      ...LIVE_OFF,
      status: 'on',
      plan: { ...planOn('single', ['wasm:1', 'wasm:1']) },
      detour: { reason: 'lost', processors: [0] },
    },
  });
  const playground = { store, live: { retry } } as unknown as Playground;
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(createElement(PlaygroundContext, { value: playground }, createElement(PlanLine)));
  await vi.waitFor(() => expect(document.body.textContent).toContain('WebGPU was lost.'));
  expect(document.querySelector('[role=status]')?.textContent).toContain('WASM runs the whole model.');

  await userEvent.tab();
  expect(document.activeElement?.textContent).toBe('Try WebGPU again');
  await userEvent.keyboard('{Enter}');
  expect(retry).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(document.body.textContent).toContain('Why?'));
  expect(document.body.textContent).not.toContain('lost');
});
