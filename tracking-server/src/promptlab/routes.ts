import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { handle } from '@cairn/platform/http/handle'
import { CreatePromptlabRun } from '@cairn/platform/protocol/mlflow/promptlab'
import type { FastifyPluginAsync } from 'fastify'
import { appendModel, MODEL_HISTORY_TAG, parseModelInfo } from '../runs/logging/model-history-tag.js'
import type { RunLog } from '../runs/logging/run-log.js'
import type { RunStore } from '../runs/store.js'
import { type PromptTrial, parseTrial, RESULTS_FILE, toModelInfo, trialFiles } from './trial.js'

interface Options {
  readonly runs: RunStore
  readonly log: RunLog
  readonly locations: ArtifactLocations
  readonly now: () => number
}

const TABLES = JSON.stringify([{ path: RESULTS_FILE, type: 'table' }]).replaceAll(/([:,])"/g, '$1 "')

/** Stores trials of MLflow's prompt page as runs with a table that its evaluation view shows. */
export const promptlabRoutes: FastifyPluginAsync<Options> = async (app, { runs, log, locations, now }) => {
  handle(app, CreatePromptlabRun, async (input, { principal }) => {
    const trial = parseTrial(input)
    const { run_name, tags, user_id, start_time } = input
    const { info } = await runs.create(
      {
        experiment_id: trial.experiment_id,
        ...(run_name !== undefined && { run_name }),
        ...(tags && { tags }),
        ...(user_id !== undefined && { user_id }),
        ...(start_time !== undefined && { start_time }),
      },
      principal,
    )
    const end = (status: 'FINISHED' | 'FAILED') =>
      runs.update({ run_id: info.run_id, status, end_time: now() }, principal)
    try {
      await store(trial, info)
    } catch (error) {
      await end('FAILED')
      throw error
    }
    await end('FINISHED')
    return { run: await runs.get(info.run_id) }
  })

  async function store(
    trial: PromptTrial,
    { run_id, artifact_uri }: { run_id: string; artifact_uri: string },
  ) {
    await log.batch(run_id, {
      params: [
        ...trial.parameters,
        { key: 'model_route', value: trial.route },
        { key: 'prompt_template', value: trial.template },
      ],
      tags: [
        { key: 'mlflow.loggedArtifacts', value: TABLES },
        { key: 'mlflow.runSourceType', value: 'PROMPT_ENGINEERING' },
      ],
    })
    const model = toModelInfo(trial, run_id, new Date(now()))
    const modelInfo = parseModelInfo(JSON.stringify(model))
    await log.amendTag(run_id, MODEL_HISTORY_TAG, (history) => appendModel(history, modelInfo))
    for (const [path, text] of Object.entries(trialFiles(trial, model))) {
      const { blobs, key } = await locations.resolve(artifact_uri, path)
      await blobs.put(key, Buffer.from(text))
    }
  }
}
