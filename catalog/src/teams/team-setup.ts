import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { Grants } from '@cairn/platform/auth/grants'
import type { Identities } from '@cairn/platform/auth/identities'
import { EVERYONE, type Principal } from '@cairn/platform/auth/principal'
import { ApiError, invalid } from '@cairn/platform/errors'
import { TEAM_ROLES, type TeamAnswers, type TeamStep } from '@cairn/platform/protocol/cairn/teams'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { CatalogStore } from '../catalogs/store.js'
import type { SchemaStore } from '../schemas/store.js'
import type { Locator } from '../securables/locator.js'
import { parseFullName } from '../securables/names.js'
import { EVERYBODY_CREATES, ROLE_GRANTS } from './role-grants.js'

export interface TeamSetupOptions {
  readonly authorizer: Authorizer
  readonly grants: Grants
  readonly identities: Identities
  readonly locator: Locator
  readonly catalogs: CatalogStore
  readonly schemas: SchemaStore
}

interface Step {
  readonly shown: Omit<TeamStep, 'state'>
  /** @throws RESOURCE_CONFLICT for an object of another owner */
  isPresent(): Promise<boolean>
  /** @throws PERMISSION_DENIED when the caller may not do it */
  check?(authorize: Authorize): Promise<unknown>
  apply(): Promise<unknown>
}

/** @throws PERMISSION_DENIED */
export type Authorize = (privilege: Privilege, chain: SecurableChain) => Promise<unknown>

type SecurableLevel = 'metastore' | 'catalog' | 'schema'

/** Sets up groups with roles, a schema for their data, and their grants. */
export class TeamSetup {
  readonly #options: TeamSetupOptions
  readonly #by: Principal
  readonly #steps: readonly Step[]

  /** @throws INVALID_PARAMETER_VALUE */
  constructor(options: TeamSetupOptions, by: Principal, answers: TeamAnswers) {
    this.#options = options
    this.#by = by
    this.#steps = this.#stepsOf(answers)
  }

  async plan(): Promise<TeamStep[]> {
    const steps: TeamStep[] = []
    for (const step of this.#steps)
      steps.push({ ...step.shown, state: (await step.isPresent()) ? 'present' : 'new' })
    return steps
  }

  /**
   * Checks all steps before the first. Each step is atomic, and completed steps are skipped, so that a failed set-up can be
   * repeated.
   *
   * @throws PERMISSION_DENIED, RESOURCE_CONFLICT; then nothing has changed
   */
  async apply(authorize: Authorize): Promise<TeamStep[]> {
    for (const step of this.#steps) if (!(await step.isPresent())) await step.check?.(authorize)
    const steps: TeamStep[] = []
    for (const step of this.#steps) {
      const isPresent = await step.isPresent()
      if (!isPresent) await step.apply()
      steps.push({ ...step.shown, state: isPresent ? 'present' : 'new' })
    }
    return steps
  }

  #stepsOf({ teams, schema = 'main.data', members_create = true }: TeamAnswers): Step[] {
    const chosen = teams ?? TEAM_ROLES.map((role) => ({ role, name: role }))
    checkTeams(chosen)
    const [catalog, name] = parseFullName('schema', schema) as [string, string]
    const places = { metastore: 'metastore', catalog, schema } as const
    return [
      ...chosen.map((team) => this.#group(team.name)),
      ...(chosen.length > 0 ? [this.#catalog(catalog), this.#schema(catalog, name)] : []),
      ...chosen
        .filter(({ role }) => ROLE_GRANTS[role].ownsSchema)
        .map((team) => this.#owner(schema, team.name)),
      ...(members_create ? [this.#grant(EVERYONE.name, 'metastore', 'metastore', EVERYBODY_CREATES)] : []),
      ...chosen.flatMap((team) =>
        (['metastore', 'catalog', 'schema'] as const).flatMap((place) => {
          const privileges = ROLE_GRANTS[team.role][place]
          return privileges.length > 0 ? [this.#grant(team.name, place, places[place], privileges)] : []
        }),
      ),
    ]
  }

  #group(name: string): Step {
    const { identities } = this.#options
    return {
      shown: { kind: 'group', principal: name },
      isPresent: async () => {
        const found = await identities.find(name)
        if (found && found.type !== 'group')
          throw new ApiError(
            'RESOURCE_CONFLICT',
            `'${name}' is a ${found.type.replace('_', ' ')}: name another group.`,
          )
        return found !== undefined
      },
      apply: () => identities.create('group', name),
    }
  }

  #catalog(name: string): Step {
    const { authorizer, catalogs } = this.#options
    return {
      shown: { kind: 'catalog', securable: name },
      isPresent: async () => !(await this.#find('catalog', name)).absent,
      check: (authorize) => authorize('CREATE CATALOG', authorizer.metastore),
      apply: () => catalogs.create({ name }, this.#by),
    }
  }

  #schema(catalog: string, name: string): Step {
    const { locator, schemas } = this.#options
    const fullName = `${catalog}.${name}`
    return {
      shown: { kind: 'schema', securable: fullName },
      isPresent: async () => !(await this.#find('schema', fullName)).absent,
      check: async (authorize) => {
        const chain = await locator.find('catalog', catalog)
        if (!chain[0].absent) await authorize('CREATE SCHEMA', chain)
      },
      apply: async () => schemas.create((await this.#find('catalog', catalog)).id, { name }, this.#by),
    }
  }

  /** Transfers only a schema that the caller owns, as the creator of a schema does. */
  #owner(schema: string, team: string): Step {
    const { authorizer, identities, schemas } = this.#options
    return {
      shown: { kind: 'owner', principal: team, securable_type: 'schema', securable: schema },
      isPresent: async () => {
        const { absent, owner } = await this.#find('schema', schema)
        if (absent) return false
        if (owner === (await identities.find(team))?.id) return true
        if ((await authorizer.identities(this.#by)).has(owner)) return false
        const nameOf = await authorizer.names([owner])
        throw new ApiError(
          'RESOURCE_CONFLICT',
          `Schema '${schema}' belongs to '${nameOf(owner)}': name another schema, or let '${nameOf(owner)}' make '${team}' its owner.`,
        )
      },
      apply: async () => {
        const { id } = await this.#find('schema', schema)
        return schemas.update(id, { owner: (await identities.get(team)).id }, this.#by)
      },
    }
  }

  #grant(principal: string, type: SecurableLevel, name: string, privileges: readonly Privilege[]): Step {
    const { authorizer, grants, identities, locator } = this.#options
    return {
      shown: { kind: 'grant', principal, privileges: [...privileges], securable_type: type, securable: name },
      isPresent: async () => {
        const [securable] = await locator.find(type, name)
        const holder = await identities.find(principal)
        if (!holder || securable.absent) return false
        const held = (await grants.onChain([securable])).filter((one) => one.principal_id === holder.id)
        return privileges.every((privilege) => held.some((one) => one.privilege === privilege))
      },
      check: async () => {
        const chain = await locator.find(type, name)
        if (!chain[0].absent) await authorizer.requireGrantable(this.#by, privileges, chain)
      },
      apply: async () => {
        const [securable] = await locator.find(type, name)
        const { id } = await identities.get(principal)
        await grants.change(securable, [{ principal_id: id, add: privileges, remove: [] }], this.#by)
      },
    }
  }

  async #find(type: 'catalog' | 'schema', name: string) {
    return (await this.#options.locator.find(type, name))[0]
  }
}

/** @throws INVALID_PARAMETER_VALUE for a group that is named twice, and for two owners of the schema */
function checkTeams(teams: NonNullable<TeamAnswers['teams']>): void {
  const names = new Set<string>()
  let owner: string | undefined
  for (const { role, name } of teams) {
    if (names.has(name)) throw invalid(`Invalid teams: the group '${name}' occurs twice.`)
    names.add(name)
    if (!ROLE_GRANTS[role].ownsSchema) continue
    if (owner !== undefined)
      throw invalid(
        `Invalid teams: '${owner}' and '${name}' cannot both own the schema; set up '${name}' with another one.`,
      )
    owner = name
  }
}
