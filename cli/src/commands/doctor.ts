import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printRows } from '../client/output.js'
import type { Finding } from '../doctor/finding.js'
import { checkMachine } from '../doctor/machine.js'
import { checkServer } from '../doctor/server.js'

/** `cairn doctor`: diagnoses a setup that does not work. */
export const doctorCommand = () =>
  new Command('doctor')
    .description('Check this machine, the settings and the server, and advise')
    .addHelpText('after', examples('cairn doctor && cairn up', 'cairn doctor -o json   # for monitoring'))
    .action(async (_options, command: Command) => {
      const findings = [...(await checkMachine(process.env)), ...(await checkServer(connect(command)))]
      printRows(command, findings, {
        check: ({ check }: Finding) => check,
        result: ({ result }) => result,
        detail: ({ detail, advice }) => [detail, advice].filter(Boolean).join(' '),
      })
      if (findings.some(({ result }) => result === 'problem')) process.exitCode = 1
    })
