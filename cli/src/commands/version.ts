import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { printOne } from '../client/output.js'
import { plainAnswer } from '../client/plain-answer.js'
import { VERSION } from '../version.js'

export const versionCommand = () =>
  new Command('version')
    .description('the versions of this program, of Node, and of MLflow that the server is compatible with')
    .addHelpText('after', '\nExamples:\n  $ cairn version -o json\n')
    .action(async (_options, command: Command) => {
      const { server, fetch } = connect(command)
      const mlflow = await fetch(`${server}/version`, {})
        .then(plainAnswer)
        .catch(() => undefined)
      const versions = {
        cairn: VERSION,
        node: process.version,
        server,
        mlflow: mlflow ?? 'no Cairn or MLflow server answers',
      }
      printOne(command, versions, {
        cairn: (one) => one.cairn,
        node: (one) => one.node,
        server: (one) => one.server,
        mlflow: (one) => one.mlflow,
      })
    })
