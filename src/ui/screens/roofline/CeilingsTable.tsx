/** @file The ceilings as figures: a row a quantity, a column a processor. What is missing gives its reason. */
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { ownerName } from '../../components/metric-name.ts';
import { Scroll } from '../../components/Scroll.tsx';
import { ceilingTable, type CeilingCell, type CeilingRow } from './ceiling-rows.ts';
import css from './Tables.module.css';

export function CeilingsTable({ profile }: { readonly profile: DeviceProfile }) {
  const { processors, rows } = ceilingTable(profile);
  return (
    <Scroll label="Ceilings by processor">
      <table className={css['ceilings']}>
        <thead>
          <tr>
            <td />
            {processors.map((processor) => (
              <th key={processor} scope="col">
                {ownerName(processor)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.label} row={row} columns={processors.length} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Row({ row: { label, cells }, columns }: { readonly row: CeilingRow; readonly columns: number }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      {cells.map((cell, i) => (
        <td key={i} colSpan={cells.length < columns ? columns : undefined}>
          {cells.length < columns
            ? cell.map((each, j) => (
                <span key={each.value}>
                  {j > 0 && ' + '}
                  <Cell cell={each} />
                </span>
              ))
            : cell.map((each) => (
                <div key={each.value}>
                  <Cell cell={each} />
                </div>
              ))}
        </td>
      ))}
    </tr>
  );
}

function Cell({ cell: { value, note, title, isMissing } }: { readonly cell: CeilingCell }) {
  return (
    <span title={title}>
      {isMissing ? <span aria-hidden>{value}</span> : value}
      {note !== '' && <small> {note}</small>}
      <span className="visually-hidden">{isMissing ? title : `, ${title}`}</span>
    </span>
  );
}
