import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { RunTask } from '../api/jobs.js'

interface RunLinkProps {
  /** A trial, or a sweep. */
  readonly run: Pick<RunTask, 'mlflow_run_id'>
  /** Undefined while it loads, and for callers that may not read it. */
  readonly experimentId: string | undefined
  readonly children: ReactNode
}

/** A link to the run in its experiment; plain text without one. */
export function RunLink({ run, experimentId, children }: RunLinkProps) {
  if (run.mlflow_run_id === undefined || experimentId === undefined) return children
  return (
    <Link
      to="/experiments/$experimentId/runs/$runId"
      params={{ experimentId, runId: run.mlflow_run_id }}
      preload={false}
    >
      {children}
    </Link>
  )
}
