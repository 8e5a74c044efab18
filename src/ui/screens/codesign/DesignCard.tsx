/** @file One design: its three figures, what it keeps of every block, where it runs, and the button that puts it in force. */
import type { Design } from '../../../core/codesign/design.ts';
import type { DesignConfiguration, DesignSpace } from '../../../playground/codesign/design-space.ts';
import { planText } from '../../../playground/plan-sentence.ts';
import { BlockStrip } from '../../components/BlockStrip.tsx';
import { Figure, Figures } from '../../components/Figure.tsx';
import { Section } from '../../components/Section.tsx';
import {
  configurationOf,
  designModel,
  designName,
  isOfTrainingImages,
  shownAccuracy,
} from '../../design-text.ts';
import { figure, flops } from '../../number-format.ts';
import css from './DesignCard.module.css';

interface Props {
  readonly space: DesignSpace;
  readonly design: Design;
  /** Why this one is shown. */
  readonly reason: string;
  readonly isInForce: boolean;
  readonly busy: boolean;
  /** What ran before the last one was applied. */
  readonly before: Design | null;
  readonly onApply: (design: Design) => void;
}

export function DesignCard({ space, design, reason, isInForce, busy, before, onApply }: Props) {
  const { predicted, measured, plan } = design;
  const configuration = configurationOf(space, design);
  return (
    <Section title="The design" remark={reason}>
      <div className={css['card']}>
        <Figures>
          <Figure
            label={isOfTrainingImages(space) ? 'top-1 kept' : 'top-1'}
            value={shownAccuracy(space, design.accuracy).toFixed(1)}
            unit="%"
            note="from the table"
          />
          <Rate
            label="frames/s"
            measured={measured?.throughputFps}
            predicted={predicted.throughputFps}
            n={measured?.n}
          />
          <Rate
            label="latency"
            unit="ms"
            measured={measured && 1000 * measured.latencySeconds}
            predicted={1000 * predicted.latencySeconds}
          />
        </Figures>
        <dl className={css['facts']}>
          <dt>Runs on</dt>
          <dd>{planText(plan, space.processors)}</dd>
          {configuration && <Facts configuration={configuration} model={designModel(space, design)} />}
        </dl>
        <div className={css['actions']}>
          <button data-primary disabled={isInForce || busy} onClick={() => onApply(design)}>
            {isInForce ? 'In force' : 'Apply'}
          </button>
          {before && (
            <button disabled={busy} onClick={() => onApply(before)}>
              Back to {designName(space, before)}
            </button>
          )}
          {isInForce && <a href="#live">See it live</a>}
        </div>
      </div>
    </Section>
  );
}

interface RateProps {
  readonly label: string;
  readonly unit?: string;
  readonly measured: number | null | undefined;
  readonly predicted: number;
  readonly n?: number | undefined;
}

/** Large what was measured; where nothing was, the prediction, and that it is one. */
function Rate({ label, unit, measured, predicted, n }: RateProps) {
  return (
    <Figure
      label={label}
      value={figure(measured ?? predicted)}
      {...(unit !== undefined && { unit })}
      note={
        measured == null
          ? 'predicted, did not run'
          : `predicted ${figure(predicted)}${n === undefined ? '' : ` · n\u00a0=\u00a0${n.toLocaleString('en-US')}`}`
      }
    />
  );
}

function Facts({
  configuration: { kinds, side, multiplyAdds, parameters },
  model,
}: {
  readonly configuration: DesignConfiguration;
  readonly model: string | null;
}) {
  return (
    <>
      {model !== null && (
        <>
          <dt>Model</dt>
          <dd>{model}</dd>
        </>
      )}
      {kinds.length > 0 && (
        <>
          <dt>Keeps</dt>
          <dd>
            <span className={css['strip']}>
              <BlockStrip kinds={kinds} />
            </span>
            <small className={css['legend']} aria-hidden>
              <span>
                <BlockStrip kinds={['3x3']} /> 3×3
              </span>
              <span>
                <BlockStrip kinds={['1x1']} /> 1×1
              </span>
              <span>
                <BlockStrip kinds={['skip']} /> skip
              </span>
            </small>
          </dd>
        </>
      )}
      <dt>Input</dt>
      <dd>
        {side} × {side} px
      </dd>
      <dt>Work</dt>
      <dd>
        {flops(2 * multiplyAdds)} a frame, {(parameters / 1e6).toFixed(2)} M parameters
      </dd>
    </>
  );
}
