import { handle } from '@cairn/platform/http/handle'
import { CreateIssue, GetIssue, SearchIssues, UpdateIssue } from '@cairn/platform/protocol/mlflow/issues'
import type { FastifyPluginAsync } from 'fastify'
import type { IssueSearch } from './search.js'
import type { IssueStore } from './store.js'

interface Options {
  readonly issues: IssueStore
  readonly search: IssueSearch
}

/** MLflow's API of issues, the problems that were found in the traces of an experiment. */
export const issueRoutes: FastifyPluginAsync<Options> = async (app, { issues, search }) => {
  handle(app, CreateIssue, async (input) => ({ issue: await issues.create(input) }))
  handle(app, GetIssue, async ({ issue_id }) => ({ issue: await issues.get(issue_id) }))
  handle(app, UpdateIssue, async (input) => ({ issue: await issues.update(input) }))
  handle(app, SearchIssues, async (input, request) =>
    search.page(input, await request.allowedObjects('experiment')),
  )
}
