/**
 * @file What the peers' pages share: the webcam loop – each new frame is classified, then the next one is asked for – and
 * `window.peer`, which the bench calls.
 */

/** @typedef {HTMLVideoElement | HTMLImageElement} Picture */
/** @typedef {(picture: Picture) => Promise<string>} Classify the most probable label */
/** @typedef {{ capturedAt: number, labelledAt: number }} Frame on the `performance.now()` clock, ms */

const video = /** @type {HTMLVideoElement} */ (document.querySelector('video'));
const output = /** @type {HTMLOutputElement} */ (document.querySelector('output'));

/** @type {Frame[]} */
let frames = [];
let isRunning = false;
/** @type {Promise<void>} */
let running = Promise.resolve();

/** @returns {Promise<number>} when the video's next frame was captured */
const nextFrame = () =>
  new Promise((resolve) => {
    video.requestVideoFrameCallback((now, { captureTime = now }) => resolve(captureTime));
  });

/** @param {Classify} classify */
async function run(classify) {
  while (isRunning) {
    const capturedAt = await nextFrame();
    output.value = await classify(video);
    frames.push({ capturedAt, labelledAt: performance.now() });
  }
}

/** @param {Classify} classify */
async function start(classify) {
  // As the page that it is held against asks for it.
  const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 60 } };
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: size, audio: false });
  await video.play();
  video.width = video.videoWidth;
  video.height = video.videoHeight;
  frames = [];
  isRunning = true;
  running = run(classify);
}

async function stop() {
  const endedAt = performance.now();
  isRunning = false;
  await running;
  for (const track of /** @type {MediaStream} */ (video.srcObject).getTracks()) track.stop();
  return { frames, label: output.value, endedAt };
}

/**
 * @param {Classify} classify
 * @param {() => { threads: number | undefined, engine: string | undefined }} facts what the engine made of its defaults
 */
export function serveBench(classify, facts) {
  window.peer = {
    start: () => start(classify),
    stop,
    facts,
    labelOf: async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return classify(image);
    },
  };
}
