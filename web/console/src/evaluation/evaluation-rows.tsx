import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { AssessmentValue } from '../traces/assessment-chip.js'
import { assessmentValue } from '../traces/trace-values.js'
import { useListKeys } from '../traces/use-list-keys.js'
import type { EvaluationRow } from './compare-rows.js'
import { expectationsOf } from './scores.js'
import '../traces/trace-list.css'

const ROW_PX = 40

interface EvaluationRowsProps {
  readonly rows: readonly EvaluationRow[]
  readonly scorers: readonly string[]
  readonly isComparing: boolean
}

/** A virtual table of the judged rows. Compared runs have their answers and scores beside each other. */
export function EvaluationRows({ rows, scorers, isComparing }: EvaluationRowsProps) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const rowWindow = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]!.trace.trace_id,
    scrollPaddingStart: ROW_PX,
    overscan: 10,
  })
  const keys = useListKeys({
    ids: useMemo(() => rows.map(({ trace }) => trace.trace_id), [rows]),
    attribute: 'data-trace',
    scrollTo: (index) => rowWindow.scrollToIndex(index),
    onSelect: undefined,
  })
  const heads = [
    t('evaluation.inputs'),
    t('evaluation.outputs'),
    ...(isComparing ? [t('evaluation.otherOutputs')] : []),
    t('evaluation.expected'),
    ...scorers,
  ]
  return (
    <div className="panel evaluation-scroll" ref={scroller}>
      <table
        className="virtual-table trace-table evaluation-table"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows take the focus
        role="grid"
        aria-label={t('evaluation.rows')}
        aria-rowcount={rows.length + 1}
        style={{ minWidth: 620 + scorers.length * 130 + (isComparing ? 180 : 0) }}
        onKeyDown={keys.onKeyDown}
      >
        <thead>
          <tr aria-rowindex={1}>
            {heads.map((head, index) => (
              <th
                scope="col"
                key={head}
                className={index > heads.length - scorers.length - 1 ? 'score' : 'wide'}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody style={{ height: rowWindow.getTotalSize() }}>
          {rowWindow.getVirtualItems().map(({ index, start, key }) => (
            <Row
              key={key}
              row={rows[index]!}
              index={index}
              top={start}
              scorers={scorers}
              isComparing={isComparing}
              current={keys.current === rows[index]!.trace.trace_id}
              onFocus={keys.setAt}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly row: EvaluationRow
  readonly index: number
  readonly top: number
  readonly scorers: readonly string[]
  readonly isComparing: boolean
  readonly current: boolean
  readonly onFocus: (id: string) => void
}

function Row({ row, index, top, scorers, isComparing, current, onFocus }: RowProps) {
  const { trace, scores, other } = row
  const expected = expectationsOf(trace)
  return (
    <tr
      data-trace={trace.trace_id}
      aria-rowindex={index + 2}
      tabIndex={current ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => onFocus(trace.trace_id)}
    >
      <td className="wide">
        <Link
          className="truncate"
          tabIndex={current ? 0 : -1}
          to="/experiments/$experimentId/traces/$traceId"
          params={{
            experimentId: trace.trace_location.mlflow_experiment?.experiment_id ?? '0',
            traceId: trace.trace_id,
          }}
          title={trace.request_preview}
        >
          {trace.request_preview || trace.trace_id}
        </Link>
      </td>
      <TextCell text={trace.response_preview} />
      {isComparing && <TextCell text={other?.trace.response_preview} />}
      <td className="wide">
        <span className="truncate">
          {expected.map((one) => `${one.assessment_name}: ${plainText(assessmentValue(one))}`).join(', ') ||
            '–'}
        </span>
      </td>
      {scorers.map((name) => (
        <td key={name} className="score">
          {isComparing && (
            <>
              <Score score={other?.scores.get(name)} />
              <span className="muted">→</span>
            </>
          )}
          <Score score={scores.get(name)} />
        </td>
      ))}
    </tr>
  )
}

const plainText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

const TextCell = ({ text }: { text: string | undefined }) => (
  <td className="wide">
    <span className="truncate" title={text}>
      {text || '–'}
    </span>
  </td>
)

const Score = ({ score }: { score: Parameters<typeof AssessmentValue>[0]['assessment'] | undefined }) =>
  score ? (
    <span title={score.rationale}>
      <AssessmentValue assessment={score} />
    </span>
  ) : (
    <span className="muted">–</span>
  )
