import { invalid } from '@cairn/platform/errors'
import type { WebhookAction, WebhookEntity, WebhookEvent } from '@cairn/platform/protocol/mlflow/webhooks'

const named = { name: 'example_model' }
const version = { ...named, version: '1' }
const prompt = { name: 'example_prompt' }
const promptVersion = { ...prompt, version: '1' }
const key = { key: 'example_key' }
const tag = { ...key, value: 'example_value' }
const tags = { tags: { example_key: 'example_value' } }
const accessRequest = {
  id: '4d9f87b0-4855-4b4f-8193-f33d067ae8ca',
  requester: 'ada@example.org',
  securable_type: 'table',
  securable_id: 'b4c1d6f2-2f8e-4a53-9a55-5e3c1d3b7a10',
  full_name: 'main.ratings.movies',
  privileges: ['SELECT'],
  reason: 'to train the recommender',
  grant_expires_in_days: 7,
}
const alias = { alias: 'example_alias' }

/** The supported events, with the data that a test of a webhook sends. Budget events can be subscribed to but never occur. */
const EXAMPLES: Readonly<Record<WebhookEntity, Partial<Record<WebhookAction, object>>>> = {
  REGISTERED_MODEL: { CREATED: { ...named, ...tags, description: 'An example registered model' } },
  MODEL_VERSION: {
    CREATED: {
      ...version,
      source: 'models:/123',
      run_id: 'abcd1234abcd5678',
      ...tags,
      description: 'An example model version',
    },
  },
  MODEL_VERSION_TAG: { SET: { ...version, ...tag }, DELETED: { ...version, ...key } },
  MODEL_VERSION_ALIAS: { CREATED: { ...named, ...alias, version: '1' }, DELETED: { ...named, ...alias } },
  PROMPT: { CREATED: { ...prompt, ...tags, description: 'An example prompt' } },
  PROMPT_VERSION: {
    CREATED: {
      ...promptVersion,
      template: 'Hello {{name}}!',
      ...tags,
      description: 'An example prompt version',
    },
  },
  PROMPT_TAG: { SET: { ...prompt, ...tag }, DELETED: { ...prompt, ...key } },
  PROMPT_VERSION_TAG: { SET: { ...promptVersion, ...tag }, DELETED: { ...promptVersion, ...key } },
  PROMPT_ALIAS: { CREATED: { ...prompt, ...alias, version: '1' }, DELETED: { ...prompt, ...alias } },
  BUDGET_POLICY: {
    EXCEEDED: {
      budget_policy_id: 'bp-abc123',
      budget_unit: 'USD',
      budget_amount: 100,
      current_spend: 105.5,
      duration_unit: 'MONTHS',
      duration_value: 1,
      target_scope: 'ENDPOINT',
      workspace: 'default',
      target_value: 'ep-abc123',
      window_start: 1704067200000,
    },
  },
  ACCESS_REQUEST: {
    CREATED: { ...accessRequest, state: 'open' },
    UPDATED: {
      ...{ ...accessRequest, state: 'approved', decided_by: 'bob@example.org', granted: ['SELECT'] },
      grant_expires_at: 1704672000000,
    },
  },
}

/** The example data of an event. @throws INVALID_PARAMETER_VALUE with MLflow's message, for an unsupported event */
export function exampleOf({ entity, action }: WebhookEvent): object {
  const example = EXAMPLES[entity][action]
  if (example) return example
  const actions = Object.keys(EXAMPLES[entity])
    .map((name) => `'${name.toLowerCase()}'`)
    .sort()
  throw invalid(
    `Invalid action '${action.toLowerCase()}' for entity '${entity.toLowerCase()}'. Valid actions are: [${actions.join(', ')}]`,
  )
}

/** The request body of an event. */
export const bodyOf = ({ entity, action }: WebhookEvent, data: object, at: number): string =>
  JSON.stringify({
    entity: entity.toLowerCase(),
    action: action.toLowerCase(),
    timestamp: new Date(at).toISOString(),
    data,
  })
