/** @file Runs once before the end-to-end tests: writes the fake camera's clip. */
import { CLIP_FILE } from './clip-file.ts';
import { writeClip } from './write-clip.ts';

export default (): Promise<void> => writeClip(CLIP_FILE, 30);
