import { createInterface } from 'node:readline/promises'
import { TEAM_ROLES, type TeamAnswers } from '@cairn/platform/protocol/cairn/teams'

/** Asks the three questions of the set-up; an empty line takes the default. */
export async function askTeams(defaults: TeamAnswers): Promise<TeamAnswers> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    process.stderr.write('1. Which teams work here? Name the group of each; - leaves a team out.\n')
    const teams = []
    for (const role of TEAM_ROLES) {
      const known = defaults.teams ? defaults.teams.find((team) => team.role === role)?.name : role
      const answer = (await terminal.question(`   ${role} [${known ?? '-'}]: `)).trim() || (known ?? '-')
      if (answer !== '-') teams.push({ role, name: answer })
    }
    const known = defaults.schema ?? 'main.data'
    const schema = (await terminal.question(`2. Which schema holds the shared data? [${known}]: `)).trim()
    const everybody = await terminal.question(
      '3. May everybody create experiments, models, jobs and endpoints, and own them? [Y/n]: ',
    )
    return { teams, schema: schema || known, members_create: !isNo(everybody) }
  } finally {
    terminal.close()
  }
}

export const confirm = async (question: string): Promise<boolean> => !isNo(await ask(`${question} [Y/n]: `))

export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}

const isNo = (answer: string) => /^\s*n(o)?\s*$/i.test(answer)
