import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { linkAddress } from '../client/profile.js'
import { sourceOption } from '../demo/source-option.js'

/** `cairn demo`: submits the demo job to a running server and follows it; `cairn up --demo` starts a server for it. */
export const demoCommand = () =>
  new Command('demo')
    .description('Run the MovieLens demo on a server, from ratings to recommendations')
    .addOption(sourceOption())
    .addHelpText(
      'after',
      examples('cairn demo', 'cairn demo --server http://127.0.0.1:5001', 'cairn demo --source ml-1m.zip'),
    )
    .action(async (options: { source?: string }, command: Command) => {
      const { runDemo } = await import('../demo/demo.js')
      const { call, server } = connect(command)
      if (!(await runDemo(call, linkAddress(server), options))) process.exitCode = REMOTE_RUN_FAILED
    })

const REMOTE_RUN_FAILED = 10
