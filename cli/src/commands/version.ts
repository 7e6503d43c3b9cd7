import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printOne } from '../client/output.js'
import { plainText } from '../client/plain-text.js'
import { VERSION } from '../version.js'

/** `cairn version`: prints the versions of the program and of the server's MLflow API. */
export const versionCommand = () =>
  new Command('version')
    .description('Show the versions of this program, of Node, and of the MLflow API on the server')
    .addHelpText('after', examples('cairn version -o json'))
    .action(async (_options, command: Command) => {
      const { server, fetch } = connect(command)
      const mlflow = await fetch(`${server}/version`, {})
        .then(plainText)
        .catch(() => undefined)
      const versions = {
        cairn: VERSION,
        node: process.version,
        server,
        mlflow: mlflow ?? 'no Cairn or MLflow server reachable',
      }
      printOne(command, versions, {
        cairn: (row) => row.cairn,
        node: (row) => row.node,
        server: (row) => row.server,
        mlflow: (row) => row.mlflow,
      })
    })
