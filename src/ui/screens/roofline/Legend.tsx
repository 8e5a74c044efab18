/** @file What colours and strokes of the chart mean. */
import css from './Legend.module.css';

export function Legend({ hasLayers }: { readonly hasLayers: boolean }) {
  return (
    <ul className={css['legend']} aria-label="Legend">
      <li>
        <i className={css['gpu']} /> WebGPU
      </li>
      <li>
        <i className={css['cpu']} /> WASM
      </li>
      {hasLayers && (
        <>
          <li>
            <i className={css['ring']} /> roof allows
          </li>
          <li>
            <i className={css['disc']} /> achieved, area = share of time
          </li>
        </>
      )}
    </ul>
  );
}
