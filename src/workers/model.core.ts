/** @file Logic of the model worker, without the worker: see model.api. */
import { diagramOf } from '../core/diagram/diagram.ts';
import { layoutOf } from '../core/diagram/layout.ts';
import type { TextWidth } from '../core/diagram/text.ts';
import { composeConfiguration } from '../core/elastic/compose.ts';
import { configurationOf } from '../core/elastic/elastic.ts';
import { stageOf } from '../core/graph/units.ts';
import type { Bindings } from '../core/onnx/parse-values.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import {
  prepareForms,
  prepareModel,
  readModel,
  type Form,
  type FormDescription,
  type FormId,
  type PreparedModel,
  type SourceModel,
} from '../core/prepare-model.ts';
import { deleteBranches, type DeletionMode } from '../core/reparam/delete-branches.ts';
import { err, ok, type Result } from '../core/result.ts';
import type {
  Composition,
  DeletedModel,
  DrawnDiagram,
  DrawOptions,
  ElasticSource,
  ModelApi,
  ModelDescription,
  OpenOptions,
} from './model.api.ts';

interface Held {
  readonly source: SourceModel;
  readonly elastic: ElasticSource | null;
  readonly prepared: PreparedModel;
}

const nothingOpen = err({ code: 'worker-failed', worker: 'model', detail: 'no model is open' } as const);

/** The last configuration that was looked at beside the held one: its parts are asked for one after another. */
interface Looked {
  readonly source: SourceModel;
  readonly id: string;
  readonly deploy: Form;
}

export class ModelCore implements ModelApi {
  private held: Held | null = null;
  private looked: Looked | null = null;

  open(bytes: Uint8Array, { elastic, bindings }: OpenOptions = {}): Promise<Result<ModelDescription>> {
    const start = performance.now();
    const source = readModel(bytes, bindings);
    if (!source.ok) return Promise.resolve(source);
    return Promise.resolve(this.hold(source.value, elastic ?? null, elastic?.configuration ?? null, start));
  }

  timeFusion(bytes: Uint8Array, runs: number, bindings: Bindings): Promise<Result<readonly number[]>> {
    const seconds: number[] = [];
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      const prepared = prepareModel(bytes, bindings);
      if (!prepared.ok) return Promise.resolve(prepared);
      serializeModel(prepared.value.forms.deploy.model);
      seconds.push((performance.now() - start) / 1000);
    }
    return Promise.resolve(ok(seconds));
  }

  compose(configuration: string): Promise<Result<ModelDescription>> {
    const start = performance.now();
    if (!this.held) return Promise.resolve(nothingOpen);
    const { source, elastic } = this.held;
    return Promise.resolve(this.hold(source, elastic, configuration, start));
  }

  tryComposition(configuration: string, runs: number): Promise<Result<Composition>> {
    return Promise.resolve(this.repeat(configuration, runs));
  }

  private repeat(configuration: string, runs: number): Result<Composition> {
    if (!this.held) return nothingOpen;
    const { source, elastic } = this.held;
    const seconds: number[] = [];
    let onnx = new Uint8Array();
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      const composed = composeFrom(source, elastic, configuration);
      if (!composed.ok) return composed;
      const prepared = prepareForms(composed.value);
      if (!prepared.ok) return prepared;
      onnx = serializeModel(prepared.value.forms.deploy.model);
      seconds.push((performance.now() - start) / 1000);
    }
    return ok({ seconds, onnx });
  }

  /** Prepares a configuration of a source, or the source as it is, and holds it if that went well. */
  private hold(
    source: SourceModel,
    elastic: ElasticSource | null,
    configuration: string | null,
    start: number,
  ): Result<ModelDescription> {
    const composed = configuration === null ? ok(source) : composeFrom(source, elastic, configuration);
    if (!composed.ok) return composed;
    const prepared = prepareForms(composed.value);
    if (!prepared.ok) return prepared;
    this.held = { source, elastic, prepared: prepared.value };
    return ok(descriptionOf(this.held, start));
  }

  deleteBranches(mode: DeletionMode): Promise<Result<DeletedModel>> {
    const start = performance.now();
    if (!this.held) return Promise.resolve(nothingOpen);
    const { source, elastic, prepared } = this.held;
    const { model, values } = prepared.forms['multi-branch'];
    const { model: left, blocks, deleted } = deleteBranches(model, values, mode);
    const anew = prepareForms({ ...source, model: left });
    if (!anew.ok) return Promise.resolve(anew);
    this.held = { source, elastic, prepared: anew.value };
    return Promise.resolve(ok({ blocks, deleted, description: descriptionOf(this.held, start) }));
  }

  describe(configuration: string): Promise<Result<FormDescription>> {
    const form = this.deployForm(configuration);
    return Promise.resolve(form.ok ? ok(form.value.description) : form);
  }

  segmentOf(configuration: string, from: number, to: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
    const form = this.deployForm(configuration);
    return Promise.resolve(form.ok ? ok(segmentBytes(form.value, from, to)) : form);
  }

  private deployForm(id: string): Result<Form> {
    if (!this.held) return nothingOpen;
    const { source, elastic } = this.held;
    if (this.looked?.source === source && this.looked.id === id) return ok(this.looked.deploy);
    const composed = composeFrom(source, elastic, id);
    if (!composed.ok) return composed;
    const prepared = prepareForms(composed.value);
    if (!prepared.ok) return prepared;
    const { deploy } = prepared.value.forms;
    this.looked = { source, id, deploy };
    return ok(deploy);
  }

  draw(form: FormId, { expanded, chainWidth, font }: DrawOptions): Promise<Result<DrawnDiagram>> {
    if (!this.held) return Promise.resolve(nothingOpen);
    const diagram = diagramOf(this.held.prepared.forms[form].description, new Set(expanded));
    return Promise.resolve(ok({ diagram, layout: layoutOf(diagram, textWidthOf(font), chainWidth) }));
  }

  segment(form: FormId, from: number, to: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
    if (!this.held) return Promise.resolve(nothingOpen);
    return Promise.resolve(ok(segmentBytes(this.held.prepared.forms[form], from, to)));
  }
}

const segmentBytes = (
  { model, values, description }: Form,
  from: number,
  to: number,
): Uint8Array<ArrayBuffer> => serializeModel(stageOf(model, values, description.units, from, to));

function descriptionOf({ source, prepared }: Held, start: number): ModelDescription {
  const { forms, fusion, warnings } = prepared;
  return {
    forms: { 'multi-branch': forms['multi-branch'].description, deploy: forms.deploy.description },
    fusion,
    warnings,
    freeDimensions: source.model.freeDimensions ?? [],
    seconds: (performance.now() - start) / 1000,
  };
}

/** Measures text as the page will draw it; where no canvas is to be had, by a guess. */
function textWidthOf(font: string): TextWidth {
  const context = typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('2d');
  if (!context) return (text) => 8 * text.length;
  context.font = font;
  return (text) => context.measureText(text).width;
}

function composeFrom(source: SourceModel, family: ElasticSource | null, id: string): Result<SourceModel> {
  const configuration = family && configurationOf(family.elastic, id);
  if (!configuration) return err({ code: 'configuration-unknown', model: source.model.graph.name, id });
  const model = composeConfiguration(source.model, family.elastic, configuration, family.calibration);
  return model.ok ? ok({ ...source, model: model.value }) : model;
}
