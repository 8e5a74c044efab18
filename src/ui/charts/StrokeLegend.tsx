/** @file One meaning a stroke: solid = measured, dashed = predicted. */
import css from './StrokeLegend.module.css';

export function StrokeLegend() {
  return (
    <>
      <i className={css['solid']} aria-hidden /> measured <i className={css['dashed']} aria-hidden />{' '}
      predicted
    </>
  );
}
