/** @file A picture on its way to the model: a bitmap, or a frame of a video as it was decoded. */
export type Picture = ImageBitmap | VideoFrame;

const isFrame = (picture: Picture): picture is VideoFrame => 'displayWidth' in picture;

/** Pixels as shown: a phone's camera may turn its frames. */
export const sizeOf = (picture: Picture): { readonly width: number; readonly height: number } =>
  isFrame(picture)
    ? { width: picture.displayWidth, height: picture.displayHeight }
    : { width: picture.width, height: picture.height };

/** Whether its pixels lie in memory as they are shown: neither cut out, stretched, turned nor flipped. */
export function isAsShown(picture: Picture): boolean {
  if (!isFrame(picture)) return true;
  const { visibleRect, displayWidth, displayHeight } = picture;
  const { rotation = 0, flip = false } = picture as { readonly rotation?: number; readonly flip?: boolean };
  return (
    visibleRect?.x === 0 &&
    visibleRect.y === 0 &&
    visibleRect.width === displayWidth &&
    visibleRect.height === displayHeight &&
    rotation === 0 &&
    !flip
  );
}

/** A frame whose pixels lie in memory as they are shown, of the picture itself or made of it; the caller closes the latter. */
export function asFrame(picture: Picture): { readonly frame: VideoFrame; readonly isOwn: boolean } | null {
  if (!isFrame(picture)) return { frame: new VideoFrame(picture, { timestamp: 0 }), isOwn: true };
  return isAsShown(picture) ? { frame: picture, isOwn: false } : null;
}
