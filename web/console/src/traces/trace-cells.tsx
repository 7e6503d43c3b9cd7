import type { ReactNode } from 'react'
import type { TraceInfo } from '../api/traces.js'
import { type Format, formatDuration } from '../i18n/format.js'
import { NamedRunLink } from '../runs/run-names.js'
import { AssessmentChips } from './assessment-chips.js'
import {
  formatCost,
  shortId,
  traceCost,
  traceDuration,
  traceRun,
  traceSession,
  traceTime,
  traceTokens,
  traceUser,
  validAssessments,
} from './trace-values.js'

/** Width of the column with the names. */
export const NAME_PX = 240

export interface TraceColumn {
  readonly id: string
  readonly width: number
  readonly isNumber?: true
  /** @param onFilter narrows the list */
  readonly cell: (trace: TraceInfo, format: Format, onFilter: (clause: string) => void) => ReactNode
}

const quoted = (text: string) => `'${text.replaceAll("'", '')}'`

export const TRACE_COLUMNS: readonly TraceColumn[] = [
  {
    id: 'time',
    width: 104,
    cell: (trace, format) => (
      <span title={format.time(traceTime(trace))}>{format.ago(traceTime(trace))}</span>
    ),
  },
  { id: 'request', width: 210, cell: ({ request_preview }) => <Preview text={request_preview} /> },
  { id: 'response', width: 210, cell: ({ response_preview }) => <Preview text={response_preview} /> },
  {
    id: 'assessments',
    width: 260,
    cell: (trace) => <AssessmentChips assessments={validAssessments(trace)} />,
  },
  {
    id: 'duration',
    width: 96,
    isNumber: true,
    cell: (trace) => {
      const duration = traceDuration(trace)
      return duration === undefined ? NONE : formatDuration(duration)
    },
  },
  {
    id: 'tokens',
    width: 90,
    isNumber: true,
    cell: (trace, format) => {
      const tokens = traceTokens(trace)?.total
      return tokens === undefined ? NONE : format.integer(tokens)
    },
  },
  {
    id: 'cost',
    width: 84,
    isNumber: true,
    cell: (trace, { language }) => {
      const cost = traceCost(trace)
      return cost === undefined ? NONE : formatCost(cost, language)
    },
  },
  {
    id: 'session',
    width: 130,
    cell: (trace, _format, onFilter) =>
      entryButton(traceSession(trace), (value) =>
        onFilter(`metadata.\`mlflow.trace.session\` = ${quoted(value)}`),
      ),
  },
  {
    id: 'user',
    width: 130,
    cell: (trace, _format, onFilter) =>
      entryButton(traceUser(trace), (value) => onFilter(`metadata.\`mlflow.trace.user\` = ${quoted(value)}`)),
  },
  {
    id: 'tags',
    width: 220,
    cell: ({ tags }) =>
      userTags(tags).map(([key, value]) => (
        <span key={key} className="chip" title={`${key}: ${value}`}>
          <span className="muted">{key}</span> {value}
        </span>
      )),
  },
  {
    id: 'run',
    width: 120,
    cell: (trace) => {
      const runId = traceRun(trace)
      const experimentId = trace.trace_location.mlflow_experiment?.experiment_id
      if (!runId || !experimentId) return NONE
      return <NamedRunLink experimentId={experimentId} runId={runId} tabIndex={-1} />
    },
  },
  { id: 'id', width: 130, cell: ({ trace_id }) => <code title={trace_id}>{shortId(trace_id)}</code> },
]

const NONE = <span className="none">–</span>

/** Tags that people set; those of MLflow are shown elsewhere. */
export const userTags = (tags: TraceInfo['tags']) =>
  Object.entries(tags ?? {}).filter(([key]) => !key.startsWith('mlflow.'))

const Preview = ({ text }: { text: string | undefined }) =>
  text ? (
    <span className="truncate" title={text.length > 400 ? `${text.slice(0, 400)}…` : text}>
      {text}
    </span>
  ) : (
    NONE
  )

const entryButton = (value: string | undefined, onPick: (value: string) => void) =>
  value ? (
    <button
      type="button"
      className="chip-button truncate"
      tabIndex={-1}
      title={value}
      onClick={() => onPick(value)}
    >
      {value}
    </button>
  ) : (
    NONE
  )
