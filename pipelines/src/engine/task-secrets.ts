import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { ListSecrets } from '@cairn/platform/protocol/databricks/secrets'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { referenceName, type SecretReference, secretReferences } from '@cairn/platform/secrets/references'
import { SecretResolver } from '@cairn/platform/secrets/secret-resolver'
import type { ServiceContext } from '@cairn/platform/service-context'
import { variablesOf } from '../flow/environment-variables.js'
import { isJobCode } from '../flow/placement.js'
import { settingsOf } from '../flow/run-rows.js'
import { SECRET_FIELDS } from '../flow/secret-fields.js'
import { findActor } from '../jobs/actor.js'
import type { AttemptKey, Attempts, ClaimedAttempt } from './attempts.js'

interface TaskSecretsOptions {
  readonly context: Pick<ServiceContext, 'authorizer' | 'identities' | 'tokens' | 'client'>
  readonly attempts: Attempts
}

/** Attempts whose secrets are remembered, to redact the values that they set. */
const MAX_REMEMBERED = 1_000

/** Secrets of attempts. Their values are in memory only. */
export class TaskSecrets {
  readonly #options: TaskSecretsOptions
  readonly #resolver: SecretResolver
  readonly #remembered = new Map<string, readonly string[]>()

  constructor(options: TaskSecretsOptions) {
    this.#options = options
    this.#resolver = new SecretResolver(options.context)
  }

  /**
   * Reads the secrets that a task refers to, with the rights that its principal has now.
   *
   * @returns values by `scope/key`
   * @throws INVALID_PARAMETER_VALUE naming the setting and the secret
   */
  async read(
    key: AttemptKey,
    principal: Principal,
    task: TaskSettings,
    job: JobSettings,
  ): Promise<ReadonlyMap<string, string>> {
    const values = await this.#resolver.read(referencesIn(task, job), principal)
    this.#remember(nameOf(key), [...values.values()])
    return values
  }

  /**
   * The values of the secrets of an attempt. They are read again if another process assigned it.
   *
   * @throws ABORTED for a secret that has changed since: the attempt may use the earlier value, which is unknown here
   */
  async valuesOf(key: AttemptKey): Promise<readonly string[]> {
    const known = this.#remembered.get(nameOf(key))
    if (known) return known
    const { context, attempts } = this.#options
    const { run, task }: ClaimedAttempt = await attempts.read(key)
    const settings = settingsOf(run, task)
    const job = JSON.parse(run.settings) as JobSettings
    const references = referencesIn(settings, job)
    if (references.size === 0) return []
    const principal = await findActor(run, settings, context)
    const values = [...(await this.#resolver.read(references, principal)).values()]
    const facts = await attempts.tokenAndStart(key)
    await this.#requireUnchanged([...references.values()], principal, facts?.started_at ?? 0)
    this.#remember(nameOf(key), values)
    return values
  }

  async #requireUnchanged(references: readonly SecretReference[], { id }: Principal, since: number) {
    const { tokens, client } = this.#options.context
    const { secret, token } = await tokens.issue(id, 'list secrets', { seconds: 60, scopes: ['read'] })
    try {
      for (const { scope, key } of references) {
        const { secrets } = await client(secret)(ListSecrets, { scope })
        const found = secrets.find((one) => one.key === key)
        if (!found || found.last_updated_timestamp > since) throw changedSecret(scope, key)
      }
    } finally {
      await tokens.revoke(id, token.id).catch(() => undefined) // It expires anyway.
    }
  }

  forget(key: AttemptKey): void {
    this.#remembered.delete(nameOf(key))
  }

  #remember(name: string, values: readonly string[]) {
    this.#remembered.set(name, values)
    const [oldest] = this.#remembered.keys()
    if (this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(oldest!)
  }
}

const changedSecret = (scope: string, key: string) =>
  new ApiError(
    'ABORTED',
    `The secret {{secrets/${scope}/${key}}} has changed since the attempt started: its values are not stored, because the earlier secret cannot be redacted in them. Run the task again.`,
  )

const nameOf = ({ task_run_id, attempt }: AttemptKey) => `${task_run_id}-${attempt}`

/** Each secret once, with a setting that refers to it. */
function referencesIn(task: TaskSettings, job: JobSettings) {
  const found = new Map<string, SecretReference & { readonly name: string }>()
  if (!isJobCode(task)) return found
  const at = `tasks: '${task.task_key}'`
  const kinds = Object.entries(task).filter(([kind]) => kind.endsWith('_task'))
  const parameters = kinds.flatMap(([kind, settings]) =>
    SECRET_FIELDS.map((field) => [`${at}: ${kind}.${field}`, (settings as Record<string, unknown>)[field]]),
  )
  const variables = Object.entries(variablesOf(job, task)).map(([name, text]) => [`${at}: ${name}`, text])
  for (const [name, value] of [...parameters, ...variables] as [string, unknown][])
    for (const reference of secretReferences(JSON.stringify(value) ?? ''))
      found.set(referenceName(reference), { ...reference, name })
  return found
}
