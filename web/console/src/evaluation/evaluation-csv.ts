import type { TFunction } from 'i18next'
import type { Assessment } from '../api/traces.js'
import { assessmentValue } from '../traces/trace-values.js'
import { type ColumnOf, type Table, type TableCell, tableOf } from '../ui/table.js'
import type { EvaluationRow } from './compare-rows.js'
import { expectationsOf } from './scores.js'

/** The judged rows, with the scores of the compared run beside their own. */
export function tableOfRows(
  rows: readonly EvaluationRow[],
  scorers: readonly string[],
  isComparing: boolean,
  t: TFunction,
): Table {
  const other = (name: string) => `${name} (${t('evaluation.otherOutputs')})`
  return tableOf(rows, [
    ['trace_id', ({ trace }) => trace.trace_id],
    [t('evaluation.inputs'), ({ trace }) => trace.request_preview],
    [t('evaluation.outputs'), ({ trace }) => trace.response_preview],
    ...when<EvaluationRow>(isComparing, [
      t('evaluation.otherOutputs'),
      (row) => row.other?.trace.response_preview,
    ]),
    [
      t('evaluation.expected'),
      ({ trace }) =>
        expectationsOf(trace)
          .map((one) => `${one.assessment_name}: ${textOf(one)}`)
          .join(', '),
    ],
    ...scorers.flatMap((name): ColumnOf<EvaluationRow>[] => [
      [name, ({ scores }) => textOf(scores.get(name))],
      ...when<EvaluationRow>(isComparing, [other(name), (row) => textOf(row.other?.scores.get(name))]),
    ]),
  ])
}

const when = <Row>(isShown: boolean, column: ColumnOf<Row>) => (isShown ? [column] : [])

function textOf(assessment: Assessment | undefined): TableCell {
  const value = assessment && assessmentValue(assessment)
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)
}
