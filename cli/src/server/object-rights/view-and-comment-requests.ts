import { randomUUID } from 'node:crypto'
import type { ExperimentRow } from './experiment-requests.js'
import { query } from './requests.js'

const VIEWS = '/api/cairn/v1/run-views'
const COMMENTS = '/api/cairn/v1/run-comments'

/** Saving a view, and changing one that does not exist. */
const runViewRows = (base: string): Readonly<Record<string, ExperimentRow>> => ({
  [`POST ${base}`]: ({ experiment_id }) => ({
    url: base,
    body: { experiment_id, name: randomUUID(), state: '' },
  }),
  [`PATCH ${base}/:view_id`]: ({ experiment_id }) => ({
    url: `${base}/none`,
    body: { experiment_id, name: 'w' },
    status: 404,
  }),
  [`DELETE ${base}/:view_id`]: ({ experiment_id }) => ({
    url: `${base}/none`,
    body: { experiment_id },
    status: 404,
  }),
})

export const VIEWS_AND_COMMENTS: Readonly<Record<string, ExperimentRow>> = {
  [`GET ${VIEWS}`]: ({ experiment_id }) => query(VIEWS, { experiment_id }),
  ...runViewRows(VIEWS),
  ...runViewRows('/api/cairn/v1/team-run-views'),
  [`GET ${COMMENTS}`]: ({ run_id }) => query(COMMENTS, { run_id }),
  [`POST ${COMMENTS}`]: ({ run_id }) => ({ url: COMMENTS, body: { run_id, body: 'Good.' } }),
  [`PATCH ${COMMENTS}/:comment_id`]: ({ run_id }) => ({
    ...{ url: `${COMMENTS}/none`, body: { run_id, body: 'Better.' }, status: 404 },
  }),
  [`DELETE ${COMMENTS}/:comment_id`]: ({ run_id }) => ({
    ...{ url: `${COMMENTS}/none`, body: { run_id }, status: 404 },
  }),
}
