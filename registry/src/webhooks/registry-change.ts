import type { WebhookAction, WebhookEntity } from '@cairn/platform/protocol/mlflow/webhooks'
import { IS_PROMPT, PROMPT_TEXT } from '../namespace/prompts.js'
import type { Tags } from '../tags.js'

type ModelChange<Kind extends string> = { readonly kind: Kind; readonly name: string }
type VersionChange<Kind extends string> = ModelChange<Kind> & { readonly version: number }
type KeyValue = { readonly key: string; readonly value: string }

/** The changes that the stores of models, versions and aliases report to webhooks. */
export type RegistryChange =
  | (ModelChange<'model created'> & { readonly tags: Tags; readonly description: string | undefined })
  | (VersionChange<'version created'> & {
      readonly tags: Tags
      readonly description: string
      readonly source: string
      readonly run_id: string
    })
  | (ModelChange<'model tag set'> & KeyValue)
  | (ModelChange<'model tag deleted'> & Pick<KeyValue, 'key'>)
  | (VersionChange<'version tag set'> & KeyValue)
  | (VersionChange<'version tag deleted'> & Pick<KeyValue, 'key'>)
  | (VersionChange<'alias set'> & { readonly alias: string })
  | (ModelChange<'alias deleted'> & { readonly alias: string })

interface ChangeEvents {
  readonly action: WebhookAction
  /** Absent for events that MLflow has for prompts only. */
  readonly model?: WebhookEntity
  readonly prompt: WebhookEntity
}

/** The event of each change, which depends on whether the model is a prompt. */
export const EVENTS: Readonly<Record<RegistryChange['kind'], ChangeEvents>> = {
  'model created': { action: 'CREATED', model: 'REGISTERED_MODEL', prompt: 'PROMPT' },
  'version created': { action: 'CREATED', model: 'MODEL_VERSION', prompt: 'PROMPT_VERSION' },
  'model tag set': { action: 'SET', prompt: 'PROMPT_TAG' },
  'model tag deleted': { action: 'DELETED', prompt: 'PROMPT_TAG' },
  'version tag set': { action: 'SET', model: 'MODEL_VERSION_TAG', prompt: 'PROMPT_VERSION_TAG' },
  'version tag deleted': { action: 'DELETED', model: 'MODEL_VERSION_TAG', prompt: 'PROMPT_VERSION_TAG' },
  'alias set': { action: 'CREATED', model: 'MODEL_VERSION_ALIAS', prompt: 'PROMPT_ALIAS' },
  'alias deleted': { action: 'DELETED', model: 'MODEL_VERSION_ALIAS', prompt: 'PROMPT_ALIAS' },
}

const INTERNAL: ReadonlySet<string> = new Set([IS_PROMPT, '_mlflow_prompt_type'])

/** The event data of a change in MLflow's format. For prompts, internal tags are omitted and the text is the template. */
export function eventData(change: RegistryChange, isPrompt: boolean): object {
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

type VersionCreated = Extract<RegistryChange, { kind: 'version created' }>

const modelVersion = ({ name, version, source, run_id, tags, description }: VersionCreated) => ({
  name,
  version: String(version),
  source,
  run_id: run_id || null,
  tags: record(tags),
  description: description || null,
})

function promptVersion({ name, version, tags, description }: VersionCreated) {
  const { [PROMPT_TEXT]: template = null, ...others } = tagsOfPrompt(tags)
  return { name, version: String(version), template, tags: others, description: description || null }
}

const record = (tags: Tags): Record<string, string> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))

const tagsOfPrompt = (tags: Tags): Record<string, string> =>
  record(tags.filter(({ key }) => !INTERNAL.has(key)))
