/**
 * @file Pictures of one size to the input map of a program, on the GPU from end to end: centre crop, antialiased bilinear resize,
 * normalise, by the same filter as core/image/resampler.ts.
 */
import type { Precision } from '../../core/engine.ts';
import { centreCrop, regionOf, type ImageInput, type Region } from '../../core/image/image-input.ts';
import type { GpuEngine } from './engine.ts';
import invertSource from './kernels/picture-invert.wgsl?raw';
import narrowSource from './kernels/picture-narrow.wgsl?raw';
import shortenSource from './kernels/picture-shorten.wgsl?raw';
import pictureSource from './kernels/picture.wgsl?raw';
import { VEC4_BYTES, type MapLayout } from './layout.ts';
import { encode, type Launch } from './launch.ts';
import { storedIn } from './precision.ts';
import { tapsOf, type Taps } from '../../core/image/resampler.ts';

export type Picture = ImageBitmap | VideoFrame;

/** Pixels as shown. */
export const sizeOf = (picture: Picture): { readonly width: number; readonly height: number } =>
  'displayWidth' in picture
    ? { width: picture.displayWidth, height: picture.displayHeight }
    : { width: picture.width, height: picture.height };

/** The map that it fills, and how its values lie. */
export interface Target {
  readonly precision: Precision;
  readonly layout: MapLayout;
  readonly map: GPUBuffer;
}

/** As in the shaders. */
const LANES = 8;
const UNIFORM_WORDS = 16;

export class PictureInput {
  readonly width: number;
  readonly height: number;
  readonly input: ImageInput;
  private readonly device: GPUDevice;
  private readonly region: Region;
  private readonly texture: GPUTexture;
  private readonly buffers: readonly GPUBuffer[];
  private readonly launches: readonly Launch[];

  static async of(
    engine: GpuEngine,
    { layout, map, precision }: Target,
    input: ImageInput,
    { width, height }: { readonly width: number; readonly height: number },
  ): Promise<PictureInput> {
    const { device } = engine;
    const [, channels, rows, columns] = input.shape;
    if (channels !== layout.channels || rows !== layout.height || columns !== layout.width)
      throw new Error(`a picture becomes ${channels} × ${rows} × ${columns} values, which is not the input`);
    const crop = centreCrop(width, height, input.cropFraction);
    const region = regionOf(crop, width, height, input);
    const { TEXTURE_BINDING, COPY_DST, RENDER_ATTACHMENT } = GPUTextureUsage;
    const texture = device.createTexture({
      size: [region.width, region.height],
      format: 'rgba8unorm',
      usage: TEXTURE_BINDING | COPY_DST | RENDER_ATTACHMENT,
    });
    const { STORAGE, UNIFORM } = GPUBufferUsage;
    const across = tapsOf(crop.x - region.x, crop.size, region.width, columns);
    const down = tapsOf(crop.y - region.y, crop.size, region.height, rows);
    const buffers = [
      filled(device, uniformOf(layout, region, input), UNIFORM),
      ...[across, down].flatMap((taps) => [
        filled(device, placesOf(taps), STORAGE),
        filled(device, Float32Array.from(taps.weights), STORAGE),
      ]),
      device.createBuffer({ size: region.height * columns * VEC4_BYTES, usage: STORAGE }),
    ] as const;
    const [uniform, acrossPlaces, acrossWeights, downPlaces, downWeights, narrow] =
      buffers as readonly GPUBuffer[] as readonly [
        GPUBuffer,
        GPUBuffer,
        GPUBuffer,
        GPUBuffer,
        GPUBuffer,
        GPUBuffer,
      ];
    const launch = async (
      source: string,
      bound: readonly (GPUBuffer | GPUTexture)[],
      groups: Launch['groups'],
    ): Promise<Launch> => {
      const code = storedIn(
        precision,
        source.replace('#picture', () => pictureSource),
      );
      const pipeline = await engine.until(engine.pipelineOf({ code, constants: {} }, true));
      const entries = bound.map((resource, binding) => ({
        binding,
        resource: 'createView' in resource ? resource.createView() : { buffer: resource },
      }));
      const layout = pipeline.getBindGroupLayout(0);
      return { pipeline, bindGroup: device.createBindGroup({ layout, entries }), groups };
    };
    const tiles = (count: number): number => Math.ceil(count / LANES);
    const launches = [
      await launch(
        narrowSource,
        [uniform, texture, acrossPlaces, acrossWeights, narrow],
        [tiles(columns), tiles(region.height), 1],
      ),
      await launch(
        shortenSource,
        [uniform, narrow, downPlaces, downWeights, map],
        [tiles(columns), tiles(rows), 1],
      ),
    ];
    if (input.polarity === 'light-on-dark')
      launches.push(await launch(invertSource, [uniform, map], [1, 1, 1]));
    return new PictureInput({ device, width, height, input, region, texture, buffers, launches });
  }

  private constructor(
    parts: Pick<PictureInput, 'width' | 'height' | 'input'> & {
      readonly device: GPUDevice;
      readonly region: Region;
      readonly texture: GPUTexture;
      readonly buffers: readonly GPUBuffer[];
      readonly launches: readonly Launch[];
    },
  ) {
    this.width = parts.width;
    this.height = parts.height;
    this.input = parts.input;
    this.device = parts.device;
    this.region = parts.region;
    this.texture = parts.texture;
    this.buffers = parts.buffers;
    this.launches = parts.launches;
  }

  /** Takes the picture's pixels, which the caller may close then. */
  write(picture: Picture): void {
    const { x, y, width, height } = this.region;
    this.device.queue.copyExternalImageToTexture(
      { source: picture, origin: [x, y] },
      { texture: this.texture },
      [width, height],
    );
  }

  encode(pass: GPUComputePassEncoder): void {
    for (const launch of this.launches) encode(pass, launch);
  }

  dispose(): void {
    this.texture.destroy();
    for (const buffer of this.buffers) buffer.destroy();
  }
}

/** `Picture` of kernels/picture.wgsl. */
function uniformOf({ row, start }: MapLayout, region: Region, { shape, colour, mean, std }: ImageInput) {
  const uniform = new Uint32Array(UNIFORM_WORDS);
  const [, channels, rows, columns] = shape;
  uniform.set([region.height, columns, rows, row, start, colour === 'gray' ? 1 : 0]);
  const floats = new Float32Array(uniform.buffer);
  const scale = Array.from({ length: channels }, (_, c) => 1 / (std[c] ?? 1));
  floats.set(mean.slice(0, channels), 8);
  floats.set(scale, 12);
  return uniform;
}

function placesOf({ first, offset }: Taps): Uint32Array<ArrayBuffer> {
  return Uint32Array.from([...first, 0].flatMap((place, i) => [place, offset[i] ?? 0]));
}

function filled(
  device: GPUDevice,
  contents: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>,
  usage: GPUBufferUsageFlags,
): GPUBuffer {
  const buffer = device.createBuffer({ size: contents.byteLength, usage, mappedAtCreation: true });
  new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(contents.buffer));
  buffer.unmap();
  return buffer;
}
