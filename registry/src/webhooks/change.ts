import type { WebhookEvent } from '@cairn/platform/protocol/webhooks'
import { IS_PROMPT } from '../models/prompts.js'

type Tags = readonly { readonly key: string; readonly value: string }[]
type Named<Kind extends string> = { readonly kind: Kind; readonly name: string }
type Numbered<Kind extends string> = Named<Kind> & { readonly version: number }
type Keyed = { readonly key: string; readonly value: string }

/** What the stores of models, versions and aliases tell of. */
export type Change =
  | (Named<'model created'> & { readonly tags: Tags; readonly description: string | undefined })
  | (Numbered<'version created'> & {
      readonly tags: Tags
      readonly description: string
      readonly source: string
      readonly run_id: string
    })
  | (Named<'model tag set'> & Keyed)
  | (Named<'model tag deleted'> & Pick<Keyed, 'key'>)
  | (Numbered<'version tag set'> & Keyed)
  | (Numbered<'version tag deleted'> & Pick<Keyed, 'key'>)
  | (Numbered<'alias set'> & { readonly alias: string })
  | (Named<'alias deleted'> & { readonly alias: string })

/** The event of a change: one name when the model is a model, another when it is a prompt. Tags of models have none. */
export const EVENTS: Readonly<Record<Change['kind'], { model?: WebhookEvent; prompt: WebhookEvent }>> = {
  'model created': {
    model: { entity: 'REGISTERED_MODEL', action: 'CREATED' },
    prompt: { entity: 'PROMPT', action: 'CREATED' },
  },
  'version created': {
    model: { entity: 'MODEL_VERSION', action: 'CREATED' },
    prompt: { entity: 'PROMPT_VERSION', action: 'CREATED' },
  },
  'model tag set': { prompt: { entity: 'PROMPT_TAG', action: 'SET' } },
  'model tag deleted': { prompt: { entity: 'PROMPT_TAG', action: 'DELETED' } },
  'version tag set': {
    model: { entity: 'MODEL_VERSION_TAG', action: 'SET' },
    prompt: { entity: 'PROMPT_VERSION_TAG', action: 'SET' },
  },
  'version tag deleted': {
    model: { entity: 'MODEL_VERSION_TAG', action: 'DELETED' },
    prompt: { entity: 'PROMPT_VERSION_TAG', action: 'DELETED' },
  },
  'alias set': {
    model: { entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' },
    prompt: { entity: 'PROMPT_ALIAS', action: 'CREATED' },
  },
  'alias deleted': {
    model: { entity: 'MODEL_VERSION_ALIAS', action: 'DELETED' },
    prompt: { entity: 'PROMPT_ALIAS', action: 'DELETED' },
  },
}

const TEXT = 'mlflow.prompt.text'
const INTERNAL: ReadonlySet<string> = new Set([IS_PROMPT, '_mlflow_prompt_type'])

/** What MLflow sends of a change. A prompt hides how it is stored: its tags are its own, its text is its template. */
export function dataOf(change: Change, isPrompt: boolean): object {
  const { kind, name } = change
  switch (kind) {
    case 'model created': {
      const { tags, description = '' } = change
      return { name, tags: isPrompt ? tagsOfPrompt(tags) : record(tags), description }
    }
    case 'version created':
      return isPrompt ? promptVersion(change) : modelVersion(change)
    case 'version tag set':
      return { name, version: String(change.version), key: change.key, value: change.value }
    case 'version tag deleted':
      return { name, version: String(change.version), key: change.key }
    case 'model tag set':
      return { name, key: change.key, value: change.value }
    case 'model tag deleted':
      return { name, key: change.key }
    case 'alias set':
      return { name, alias: change.alias, version: String(change.version) }
    case 'alias deleted':
      return { name, alias: change.alias }
  }
}

type VersionCreated = Extract<Change, { kind: 'version created' }>

const modelVersion = ({ name, version, source, run_id, tags, description }: VersionCreated) => ({
  name,
  version: String(version),
  source,
  run_id: run_id || null,
  tags: record(tags),
  description: description || null,
})

function promptVersion({ name, version, tags, description }: VersionCreated) {
  const { [TEXT]: template = null, ...others } = tagsOfPrompt(tags)
  return { name, version: String(version), template, tags: others, description: description || null }
}

const record = (tags: Tags): Record<string, string> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))

const tagsOfPrompt = (tags: Tags): Record<string, string> =>
  record(tags.filter(({ key }) => !INTERNAL.has(key)))
