import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { SearchEvaluationDatasets } from '@cairn/platform/protocol/mlflow/evaluation-datasets'
import { ListScorers } from '@cairn/platform/protocol/mlflow/scorers'
import { ListWebhooks } from '@cairn/platform/protocol/mlflow/webhooks'
import { pages } from '@cairn/sdk/page'
import { EVALUATION_DATA_SETS, type NotCopied, SCORERS, type SourceExperiment, WEBHOOKS } from '../source.js'
import { undefinedIfUnsupported } from './unsupported-endpoint.js'

const PAGE = 100

/** Counts the objects of a server that copies omit, as far as the caller may list them. */
export async function countNotCopied(
  call: Client,
  experiments: AsyncIterable<SourceExperiment>,
): Promise<NotCopied[]> {
  const dataSets = countPages(async (query) => {
    const found = await call(SearchEvaluationDatasets, query).catch(undefinedIfHidden)
    return { items: found?.datasets ?? [], next: found?.next_page_token }
  })
  const webhooks = countPages(async (query) => {
    const found = await call(ListWebhooks, query).catch(undefinedIfHidden)
    return { items: found?.webhooks ?? [], next: found?.next_page_token }
  })
  const scorers = countScorers(call, experiments)
  return Promise.all([
    countOf(EVALUATION_DATA_SETS, dataSets),
    countOf(SCORERS, scorers),
    countOf(WEBHOOKS, webhooks),
  ])
}

/** A server that fails to list a kind does not fail the migration: MLflow's file store answers 500 for kinds that it lacks. */
async function countOf(what: NotCopied['what'], counting: Promise<number>): Promise<NotCopied> {
  try {
    return { what, count: await counting }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { what, count: undefined }
  }
}

async function countScorers(call: Client, experiments: AsyncIterable<SourceExperiment>): Promise<number> {
  let count = 0
  for await (const { experiment_id, lifecycle_stage } of experiments) {
    if (lifecycle_stage === 'deleted') continue
    const found = await call(ListScorers, { experiment_id }).catch(undefinedIfHidden)
    if (!found) break
    count += found.scorers?.length ?? 0
  }
  return count
}

async function countPages(
  get: (query: {
    max_results: number
    page_token?: string
  }) => Promise<{ items: unknown[]; next: string | undefined }>,
): Promise<number> {
  let count = 0
  const all = pages((page_token) => get({ max_results: PAGE, ...(page_token && { page_token }) }))
  for await (const _ of all) count++
  return count
}

/** MLflow lets administrators list webhooks only, and keeps data sets in databases only. */
function undefinedIfHidden(error: unknown): undefined {
  if (error instanceof ApiError && (error.statusCode === 403 || error.code === 'FEATURE_DISABLED'))
    return undefined
  return undefinedIfUnsupported(error)
}
