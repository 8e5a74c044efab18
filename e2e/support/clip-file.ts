/** @file Where the fake camera's clip is written (git-ignored) and which shipped photo it shows. */
import { fileURLToPath } from 'node:url';

export const CLIP_FILE = fileURLToPath(new URL('../.generated/camera.y4m', import.meta.url));
export const CLIP_PHOTO = fileURLToPath(new URL('../../public/samples/coffee.jpg', import.meta.url));
