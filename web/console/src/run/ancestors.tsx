import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { PARENT } from '../runs/column-keys.js'
import { runName, toRow } from '../runs/row.js'
import { useRun } from './use-run.js'

/** Runs that are nested deeper are not followed: tags may form a circle. */
const MAX_DEPTH = 8

interface AncestorsProps {
  readonly runId: string
  readonly depth?: number
}

/** Links to a run and the runs above it, the topmost first. */
export function Ancestors({ runId, depth = 1 }: AncestorsProps) {
  const { t } = useTranslation()
  const run = useRun(runId)
  const row = run.data && toRow(run.data)
  const above = row?.tags.get(PARENT)
  return (
    <>
      {above && depth < MAX_DEPTH && <Ancestors runId={above} depth={depth + 1} />}/
      {row ? (
        <Link
          to="/experiments/$experimentId/runs/$runId"
          params={{ experimentId: row.info.experiment_id, runId }}
          title={t('run.parent')}
        >
          {runName(row.info)}
        </Link>
      ) : (
        <span>{t('run.parent')}</span>
      )}
    </>
  )
}
