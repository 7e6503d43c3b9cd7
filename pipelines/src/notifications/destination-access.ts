import type { Authorizer, NoteDecision } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import { EVERYONE, type Principal } from '@cairn/platform/auth/principal'
import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { JobRow } from '../schema.js'
import { type Namers, namedDestinations } from './namers.js'
import { DESTINATION } from './securable.js'

interface DestinationAccessOptions {
  readonly authorizer: Authorizer
  readonly identities: Pick<Identities, 'find'>
}

/** Decides who may notify a destination. */
export class DestinationAccess {
  readonly #options: DestinationAccessOptions

  constructor(options: DestinationAccessOptions) {
    this.#options = options
  }

  /**
   * Requires USE DESTINATION on each destination that settings name, except those that the job names already.
   *
   * @returns the principals that named them
   * @throws INVALID_PARAMETER_VALUE for a destination that does not exist or that is hidden from the principal; PERMISSION_DENIED
   */
  async require(
    settings: JobSettings,
    job: Pick<JobRow, 'settings' | 'writer_id'> | undefined,
    { principal, note }: { readonly principal: Principal; readonly note: NoteDecision },
  ): Promise<Namers> {
    const namers = new Map(job ? namersOf(job) : [])
    for (const { event, id } of namedDestinations(settings)) {
      if (namers.has(id)) continue
      const absent = () =>
        invalid(`webhook_notifications.${event}: notification destination '${id}' does not exist.`)
      const object = { type: DESTINATION, ids: [id] } as const
      await this.#options.authorizer.requireOn(principal, ['USE DESTINATION'], object, { note, absent })
      namers.set(id, principal.id)
    }
    return namers
  }

  /** Returns whether a notification may be sent. A principal that was deleted or deactivated has the rights that everybody has. */
  async maySend(destinationId: string, namedBy: string | null): Promise<boolean> {
    const { authorizer, identities } = this.#options
    const found = namedBy === null ? undefined : await identities.find(namedBy)
    const namer = found?.active && found.id === namedBy ? found : EVERYONE
    const decided = await authorizer.objects.decide(namer, ['USE DESTINATION'], DESTINATION, destinationId)
    return decided?.decision.allowed ?? false
  }
}

const namersOf = ({ settings, writer_id }: Pick<JobRow, 'settings' | 'writer_id'>) =>
  namedDestinations(JSON.parse(settings) as JobSettings).map(
    ({ id, named_by = writer_id }) => [id, named_by] as const,
  )
