import type {
  PlanTeams,
  SetUpTeams,
  TeamAnswers,
  TeamRole,
  TeamStep,
} from '@cairn/platform/protocol/cairn/teams'
import { call } from './call.js'

export type { TeamAnswers, TeamRole, TeamStep }

export const planTeams = async (answers: TeamAnswers, signal?: AbortSignal) =>
  (await call<typeof PlanTeams>('POST /api/cairn/v1/teams/plan', answers, signal)).steps

export const setUpTeams = async (answers: TeamAnswers) =>
  (await call<typeof SetUpTeams>('POST /api/cairn/v1/teams', answers)).steps
