/** @file Entry: one playground for the page, its verbs on `window`, the React tree on top. */
import { createApi } from '../playground/console-api.ts';
import { Playground } from '../playground/playground.ts';

const playground = new Playground();
window.ridgepoint = createApi(playground);
