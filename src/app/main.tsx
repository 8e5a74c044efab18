/** @file Entry: one playground for the page, its verbs on `window`, the React tree on top. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { detailOf } from '../core/errors.ts';
import { createApi } from '../playground/console-api.ts';
import { Playground } from '../playground/playground.ts';
import { PlaygroundContext } from '../ui/playground-context.ts';
import '../ui/tokens.css';
import { App } from './App.tsx';
import { startTheme } from './theme.ts';

const playground = new Playground();
window.ridgepoint = createApi(playground);
// Bugs in asynchronous work have no boundary to meet: they become a notice instead of nothing.
window.addEventListener('unhandledrejection', ({ reason }) => {
  playground.report({ code: 'unexpected', detail: detailOf(reason) });
});
void playground.capabilities();
startTheme();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <PlaygroundContext value={playground}>
      <App />
    </PlaygroundContext>
  </StrictMode>,
);
