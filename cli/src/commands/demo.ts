import { Command } from 'commander'
import { connect } from '../client/connect.js'

export const demoCommand = () =>
  new Command('demo')
    .description('run the main job on a server: from the shipped ratings to recommendations')
    .addHelpText('after', '\nExamples:\n  $ cairn demo\n  $ cairn demo --server http://127.0.0.1:5001\n')
    .action(async (_options, command: Command) => {
      const { runDemo } = await import('../demo/demo.js')
      const { call, server } = connect(command)
      if (!(await runDemo(call, server))) process.exitCode = REMOTE_RUN_FAILED
    })

const REMOTE_RUN_FAILED = 10
