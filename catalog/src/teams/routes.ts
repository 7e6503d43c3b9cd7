import { handle } from '@cairn/platform/http/handle'
import { PlanTeams, SetUpTeams, type TeamStep } from '@cairn/platform/protocol/cairn/teams'
import type { FastifyPluginAsync } from 'fastify'
import { TeamSetup, type TeamSetupOptions } from './team-setup.js'

/** Plans and applies the set-up of a team server, which may be repeated. */
export const teamRoutes: FastifyPluginAsync<TeamSetupOptions> = async (app, options) => {
  handle(app, PlanTeams, async (answers, request) => ({
    steps: await new TeamSetup(options, request.principal, answers).plan(),
  }))
  handle(app, SetUpTeams, async (answers, request) => {
    await request.authorize('MANAGE IDENTITIES', options.authorizer.metastore)
    const setup = new TeamSetup(options, request.principal, answers)
    const steps = await setup.apply((privilege, chain) => request.authorize(privilege, chain))
    for (const { kind, principal, securable_type, securable, privileges } of steps.filter(isNew))
      request.noteChange({
        field: [kind, securable_type, securable].filter(Boolean).join(' '),
        ...(principal !== undefined && { principal }),
        ...(privileges && { added: privileges }),
      })
    return { steps }
  })
}

const isNew = ({ state }: TeamStep) => state === 'new'
