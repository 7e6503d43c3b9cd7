import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { isMissing, RequestError } from '../api/http.js'
import { CARD_KINDS } from '../cards/card.js'
import { rowOfRun } from '../runs/use-runs.js'
import { Failure, Skeleton } from '../ui/states.js'
import { type Block, type Problem, parseBlock } from './block.js'
import { BlockCard } from './block-card.js'
import { BLOCK_KEYS } from './block-options.js'
import { BlockTable } from './block-table.js'
import { blockRunsQuery, namedExperimentQuery } from './report-queries.js'

interface ReportBlockProps {
  readonly text: string
  /** The line of its fence in the report, counted from 1. */
  readonly line: number
}

/** A chart or table of runs, or the problems of its description. */
export function ReportBlock({ text, line }: ReportBlockProps) {
  const parsed = useMemo(() => parseBlock(text), [text])
  if ('problems' in parsed) return <Problems problems={parsed.problems} line={line} />
  return <ExperimentBlock block={parsed.block} line={line} />
}

function Problems({ problems, line }: { readonly problems: readonly Problem[]; readonly line: number }) {
  const { t } = useTranslation()
  return (
    <div className="notice bad report-block" role="alert">
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.line} ${problem.code} ${problem.about}`}>
            <strong>{t('reports.line', { line: line + problem.line })}</strong>{' '}
            {t(`reports.problems.${problem.code}`, { about: problem.about, ...SUPPORTED })}
          </li>
        ))}
      </ul>
    </div>
  )
}

const SUPPORTED = { keys: BLOCK_KEYS.join(', '), kinds: CARD_KINDS.join(', ') }

interface BlockProps {
  readonly block: Block
  readonly line: number
}

function ExperimentBlock({ block, line }: BlockProps) {
  const { t } = useTranslation()
  const experiment = useQuery(namedExperimentQuery(block.experiment))
  if (isHidden(experiment.error))
    return <p className="notice report-block">{t('reports.hidden', { name: block.experiment })}</p>
  if (experiment.isError) return <Failure error={experiment.error} retry={() => void experiment.refetch()} />
  if (!experiment.data) return <Skeleton lines={4} />
  const { experiment_id, name } = experiment.data
  return (
    <figure className="panel report-block" data-line={line} aria-label={block.title || name}>
      <RunsOfBlock block={block} line={line} experimentId={experiment_id} />
      <figcaption>
        <Link
          to="/experiments/$experimentId"
          params={{ experimentId: experiment_id }}
          search={searchOf(block)}
        >
          {name}
        </Link>
      </figcaption>
    </figure>
  )
}

const searchOf = ({ filter }: Block) => (filter ? { filter } : {})

/** Forbidden and missing experiments are shown alike. */
const isHidden = (error: unknown) =>
  isMissing(error) || (error instanceof RequestError && error.status === 403)

function RunsOfBlock({ block, line, experimentId }: BlockProps & { readonly experimentId: string }) {
  const { t } = useTranslation()
  const runs = useInfiniteQuery(blockRunsQuery(experimentId, block))
  const rows = useMemo(
    () => runs.data?.pages[0]?.runs?.slice(0, block.runs).map(rowOfRun) ?? (runs.data && []),
    [runs.data, block.runs],
  )
  if (runs.isError && !rows) return <Failure error={runs.error} retry={() => void runs.refetch()} />
  if (!rows) return <Skeleton lines={4} />
  if (rows.length === 0) return <p className="muted">{t('reports.noRuns')}</p>
  return block.card ? (
    <BlockCard card={block.card} rows={rows} groupBy={block.groupBy} line={line} />
  ) : (
    <BlockTable title={block.title} rows={rows} columns={block.columns} />
  )
}
