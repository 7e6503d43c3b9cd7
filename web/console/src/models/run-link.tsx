import { Link } from '@tanstack/react-router'
import { type RunRow, runName } from '../runs/row.js'

/** A link from a model version to its source run. */
export function RunLink({ run }: { run: RunRow }) {
  return (
    <Link
      to="/experiments/$experimentId/runs/$runId"
      params={{ experimentId: run.info.experiment_id, runId: run.info.run_id }}
    >
      {runName(run.info)}
    </Link>
  )
}
